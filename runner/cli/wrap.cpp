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

namespace {

constexpr std::size_t hang = 4;
constexpr char glue = '\x1f';  // a blank at which no line ends

/// Where the command ends that begins at `from`; `from` itself: none does.
std::size_t end_of_command(std::string_view text, std::size_t from) {
  if (text[from] == '`') {
    std::size_t const end = text.find('`', from + 1);
    return end == std::string_view::npos ? from : end;
  }
  bool const begins = from == 0 || text[from - 1] == ' ';
  return begins && text.substr(from).starts_with("bellows ")
             ? std::min(text.find_first_of(",;:)", from), text.size())
             : from;
}

std::string glued(std::string_view text, std::size_t most) {
  std::string result(text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::size_t const end = end_of_command(text, at);
    if (end == at || end - at > most) {
      continue;
    }
    std::replace(result.begin() + static_cast<std::ptrdiff_t>(at),
                 result.begin() + static_cast<std::ptrdiff_t>(end), ' ', glue);
    at = end;
  }
  return result;
}

}  // namespace

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
      line.resize(line.find_last_not_of(' ') + 1);
      result += line + '\n';
      line.assign(hanging, ' ');
      used = hanging;
      begun = false;
    }
    line += begun ? " " : "";
    line += word;
    used += (begun ? 1U : 0U) + wanted;
    begun = true;
  }
  return result + line + '\n';
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  return wrapped(text, indent, width, indent);
}

std::string fitted(std::string_view text, std::size_t width) {
  std::string result;
  while (!text.empty()) {
    std::size_t const end = std::min(text.find('\n'), text.size());
    std::string_view const line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (width_of(line) <= width) {
      result += std::string(line) + '\n';
      continue;
    }
    std::size_t const indent = std::min(line.find_first_not_of(' '), line.size());
    std::string wide =
        wrapped(glued(line.substr(indent), width - indent - hang), indent, width, indent + hang);
    std::ranges::replace(wide, glue, ' ');
    result += wide;
  }
  return result;
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
