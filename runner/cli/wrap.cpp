#include "runner/cli/wrap.hpp"

#include <algorithm>

namespace bellows::runner {
namespace {

bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    if (text.starts_with("\x1b[")) {
      text.remove_prefix(std::min(text.find('m'), text.size() - 1) + 1);
      continue;
    }
    width += begins_character(text.front()) ? 1U : 0U;
    text.remove_prefix(1);
  }
  return width;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width,
                    std::size_t hanging) {
  std::string result;
  std::string line(indent, ' ');
  std::size_t used = indent;
  bool begun = false;
  while (!text.empty()) {
    std::size_t const end = std::min(text.find(' '), text.size());
    std::string_view const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::size_t const wanted = width_of(word);
    if (begun && used + 1 + wanted > width) {
      result += line + '\n';
      line.assign(hanging, ' ');
      used = hanging;
      begun = false;
    }
    line += (begun ? " " : "") + std::string(word);
    used += (begun ? 1U : 0U) + wanted;
    begun = true;
  }
  return result + line + '\n';
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  return wrapped(text, indent, width, indent);
}

std::string in_column(std::string_view name, std::string_view text, std::size_t column) {
  std::string line = "  " + std::string(name);
  std::size_t const used = width_of(line);
  if (used + 1 > column) {
    return line + '\n' + wrapped(text, column);
  }
  line.append(column - used, ' ');
  return line + wrapped(text, column).substr(column);
}

}  // namespace bellows::runner
