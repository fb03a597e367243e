#include "ingest/row_reader.hpp"
