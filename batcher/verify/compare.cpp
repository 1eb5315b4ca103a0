#include "batcher/verify/verify.hpp"

#include <stdexcept>

namespace bellows::batcher {

Compared compare(std::vector<VerifiedRange> const& then, std::vector<VerifiedRange> const& now) {
  if (now.size() < then.size()) {
    throw std::invalid_argument("the table was not read at the bounds of then");
  }
  Compared compared;
  for (std::size_t i = 0; i < then.size(); ++i) {
    // The other side, which is not hashed, may be what has changed.
    bool const same = then[i].rows == now[i].rows && then[i].hash == now[i].hash &&
                      then[i].differing == now[i].differing;
    ++(same ? compared.same : compared.changed);
    compared.rows_then += then[i].rows;
  }
  for (std::size_t i = then.size(); i < now.size(); ++i) {
    compared.added_after += now[i].rows;
  }
  return compared;
}

}  // namespace bellows::batcher
