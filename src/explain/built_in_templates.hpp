#pragma once

#include "explain/templates.hpp"

namespace attune {

/// What stood in config/templates/reasons/en at build time. The build writes its definition.
ReasonTemplates::Files built_in_template_files();

}  // namespace attune
