#include "text/sparse_vector.hpp"

#include <algorithm>
#include <cmath>

namespace attune {

double dot(const SparseVector& a, const SparseVector& b) {
    double sum = 0;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.terms.size() && j < b.terms.size()) {
        if (a.terms[i] == b.terms[j]) {
            sum += a.weights[i++] * b.weights[j++];
        } else if (a.terms[i] < b.terms[j]) {
            ++i;
        } else {
            ++j;
        }
    }
    return sum;
}

double norm(const SparseVector& vector) {
    double sum = 0;
    for (const double weight : vector.weights) sum += weight * weight;
    return std::sqrt(sum);
}

double cosine(const SparseVector& a, const SparseVector& b) {
    const double norm_a = norm(a);
    const double norm_b = norm(b);
    if (norm_a == 0 || norm_b == 0) return 0;
    // Rounding must not leave the range that callers rely on.
    return std::clamp(dot(a, b) / (norm_a * norm_b), -1.0, 1.0);
}

}  // namespace attune
