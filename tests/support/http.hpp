#pragma once

#include <string>

namespace bellows::test {

/// Sends `request` to a port of 127.0.0.1 as it is, and reads until the other side closes, or says
/// nothing more for five seconds.
std::string exchange(int port, std::string const& request);

}  // namespace bellows::test
