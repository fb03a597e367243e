#pragma once

namespace attune {

/// Runs the command line program.
/// @return exit status: 0, or `exit_code` of the kind of error
int run_program(int argc, char** argv);

}  // namespace attune
