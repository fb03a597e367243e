// Compiled for the processor of this machine, unlike all else, so that Eigen's product shows what
// the machine can do. Eigen is renamed: the linker must not mix its functions with those of others.
#define Eigen EigenForThisMachine
#include "collaborative/native_sgemm.hpp"

#include <Eigen/Core>

namespace attune {

void native_sgemm(const float* left, const float* right, std::size_t size, float* product) {
    using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const auto n = static_cast<Eigen::Index>(size);
    Eigen::Map<Matrix>(product, n, n).noalias() =
        Eigen::Map<const Matrix>(left, n, n) * Eigen::Map<const Matrix>(right, n, n);
}

}  // namespace attune
