#pragma once

// soci's headers as packaged ask for Boost.Fusion, only to bind Fusion sequences. Attune does not,
// and does without Boost: these two names change templates of the headers alone, no layout.
// clang-format off
#include <soci/soci-config.h>
#undef SOCI_HAVE_BOOST
#undef SOCI_HAVE_BOOST_DATE_TIME
#include <soci/soci.h>
// clang-format on
