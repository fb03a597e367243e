#include "cli/app.hpp"

int main(int argc, char** argv) {
    return attune::run_program(argc, argv);
}
