#include "models/recommender.hpp"
