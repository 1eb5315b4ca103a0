#include "runner/cli/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>

namespace bellows::runner::json_text_test {
namespace {

using Json = nlohmann::ordered_json;

/// The same text, by the library that holds the document whole.
std::string of_the_library(Json const& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

void write(JsonText& out, Json const& value) {
  if (value.is_object()) {
    out.open_object();
    for (auto const& [name, member] : value.items()) {
      out.key(name);
      write(out, member);
    }
    out.close_object();
  } else if (value.is_array()) {
    out.open_array();
    for (Json const& element : value) {
      write(out, element);
    }
    out.close_array();
  } else if (value.is_string()) {
    out.value(value.get_ref<std::string const&>());
  } else if (value.is_boolean()) {
    out.value(value.get<bool>());
  } else if (value.is_number_float()) {
    out.value(value.get<double>());
  } else if (value.is_number()) {
    out.value(value.get<std::int64_t>());
  } else {
    out.null();
  }
}

class Documents {
 public:
  Json some(int depth) {
    switch (random_() % (depth == 0 ? 5 : 7)) {
      case 0:
        return text();
      case 1:
        return static_cast<std::int64_t>(random_()) - (1 << 30);
      case 2:
        return static_cast<double>(random_() % 4000) / 1000;
      case 3:
        return random_() % 2 == 0;
      case 4:
        return nullptr;
      case 5:
        return array(depth);
      default:
        return object(depth);
    }
  }

  std::string text() {
    std::string bytes;
    for (std::size_t length = random_() % 8; bytes.size() < length;) {
      bytes += static_cast<char>(random_() % (random_() % 4 == 0 ? 256 : 128));
    }
    return bytes;
  }

 private:
  Json array(int depth) {
    Json list = Json::array();
    for (std::size_t size = random_() % 4; list.size() < size;) {
      list.push_back(some(depth - 1));
    }
    return list;
  }

  Json object(int depth) {
    Json members = Json::object();
    for (std::size_t left = random_() % 4; left > 0; --left) {
      members["a\"" + std::to_string(left)] = some(depth - 1);
    }
    return members;
  }

  std::mt19937 random_{20261130};  // NOLINT: the same documents each time
};

TEST(JsonText, IsWhatTheLibraryWouldWriteOfTheWhole) {
  Documents documents;
  for (int i = 0; i < 5'000; ++i) {
    Json const document = documents.some(4);
    JsonText out;
    write(out, document);
    ASSERT_EQ(out.take(), of_the_library(document));
  }
}

TEST(JsonText, EveryByteStandsAsTheLibraryHasIt) {
  Documents documents;
  for (int i = 0; i < 50'000; ++i) {
    std::string const text = documents.text();
    ASSERT_EQ(json_string(text), of_the_library(text));
  }
}

TEST(JsonText, IsTakenPieceByPiece) {
  JsonText out;
  out.open_object();
  out.member("one", 1);
  EXPECT_EQ(out.take(), "{\n  \"one\": 1");
  out.member("two", "2");
  EXPECT_EQ(out.take(), ",\n  \"two\": \"2\"");
  out.close_object();
  EXPECT_EQ(out.take(), "\n}");
}

}  // namespace
}  // namespace bellows::runner::json_text_test
