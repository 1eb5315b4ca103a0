#include "planner/sql/parser/parse_parts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

// DO blocks that consist of statements as they could stand outside, under simple conditions: "IF
// NOT EXISTS (…) THEN ALTER TABLE … END IF", and what fails passed over. PostgreSQL's own parser of
// PL/pgSQL takes them apart; variables, loops and EXECUTE are not followed.
namespace bellows::sql {

namespace {

using Json = nlohmann::json;

/// The PL/pgSQL tree of a DO; null where it does not parse.
Json tree_of(std::string const& text) {
  PgQueryPlpgsqlParseResult const parsed = pg_query_parse_plpgsql(text.c_str());
  Json functions = parsed.error == nullptr && parsed.plpgsql_funcs != nullptr
                       ? Json::parse(parsed.plpgsql_funcs, nullptr, false)
                       : Json();
  pg_query_free_plpgsql_parse_result(parsed);
  bool const one = functions.is_array() && functions.size() == 1;
  return one ? functions[0].value("PLpgSQL_function", Json()) : Json();
}

std::string query_of(Json const& holder, char const* key) {
  Json const expression = holder.value(key, Json::object());
  return expression.value("PLpgSQL_expr", Json::object()).value("query", "");
}

/// As where a part of the text of `whole` stands.
Position place_in(RawStatement const& whole, std::size_t offset) {
  Position at = position_at(whole.text, offset);
  at.column += at.line == 1 ? whole.at.column - 1 : 0;
  at.line += whole.at.line - 1;
  at.offset = whole.at.offset + offset;
  return at;
}

bool names_any(std::string const& text, std::vector<std::string> const& names) {
  return std::ranges::any_of(scan(text), [&](Token const& token) {
    bool const name = token.kind == Token::Kind::Word || token.kind == Token::Kind::Quoted;
    return name && std::ranges::find(names, text.substr(token.offset, token.length)) != names.end();
  });
}

class BlockReader {
 public:
  explicit BlockReader(RawStatement const& whole) : whole_(whole) {}

  bool read(Json const& function) {
    if (!function.is_object()) {
      return false;
    }
    for (Json const& datum : function.value("datums", Json::array())) {
      std::string const name = datum.value("PLpgSQL_var", Json::object()).value("refname", "");
      constexpr std::string_view given[] = {"", "found", "sqlstate", "sqlerrm"};
      if (!datum.contains("PLpgSQL_var") || std::ranges::find(given, name) == std::end(given)) {
        variables_.push_back(name);
      }
    }
    Json const action = function.value("action", Json::object());
    return action.contains("PLpgSQL_stmt_block") && block(action["PLpgSQL_stmt_block"]);
  }

  std::vector<Statement> statements() && { return std::move(statements_); }

 private:
  bool block(Json const& block) {
    Json const exceptions =
        block.value("exceptions", Json::object()).value("PLpgSQL_exception_block", Json::object());
    guards_ += exceptions.empty() ? 0 : 1;
    bool plain = list(block.value("body", Json::array()));
    for (Json const& exception : exceptions.value("exc_list", Json::array())) {
      plain =
          plain &&
          list(exception.value("PLpgSQL_exception", Json::object()).value("action", Json::array()));
    }
    guards_ -= exceptions.empty() ? 0 : 1;
    return plain;
  }

  bool list(Json const& statements) {
    return std::ranges::all_of(statements, [&](Json const& one) { return statement(one); });
  }

  bool statement(Json const& one) {
    if (!one.is_object() || one.size() != 1) {
      return false;
    }
    std::string const& kind = one.begin().key();
    Json const& body = one.begin().value();
    if (kind == "PLpgSQL_stmt_block") {
      return block(body);
    }
    if (kind == "PLpgSQL_stmt_if") {
      return branch(body);
    }
    if (kind == "PLpgSQL_stmt_execsql") {
      return !body.value("into", false) && execute(query_of(body, "sqlstmt"));
    }
    if (kind == "PLpgSQL_stmt_perform") {
      return is_harmless(query_of(body, "expr"));
    }
    return kind == "PLpgSQL_stmt_raise" || kind == "PLpgSQL_stmt_return";
  }

  bool branch(Json const& branch) {
    ++guards_;
    bool plain = is_harmless("SELECT " + query_of(branch, "cond")) &&
                 list(branch.value("then_body", Json::array()));
    for (Json const& other : branch.value("elsif_list", Json::array())) {
      Json const body = other.value("PLpgSQL_if_elsif", Json::object());
      plain = plain && is_harmless("SELECT " + query_of(body, "cond")) &&
              list(body.value("stmts", Json::array()));
    }
    plain = plain && list(branch.value("else_body", Json::array()));
    --guards_;
    return plain;
  }

  /// A query that changes nothing and calls nothing of the user's.
  bool is_harmless(std::string const& query) const {
    Statement const parsed = parse_one(query);
    auto const* data = std::get_if<DataStatement>(&parsed.body);
    return data != nullptr && parsed.kind == "SELECT" && !data->opaque && data->writes.empty();
  }

  bool execute(std::string const& query) {
    std::size_t const found = whole_.text.find(query, from_);
    std::size_t const at = found == std::string::npos ? 0 : found;
    from_ = found == std::string::npos ? from_ : found + query.size();
    Statement inner = parse({query, place_in(whole_, at), whole_.comments});
    inner.guarded = guards_ > 0;
    auto const* data = std::get_if<DataStatement>(&inner.body);
    bool const opaque = data != nullptr && data->opaque;
    bool const unparsed = std::holds_alternative<Unparsed>(inner.body);
    if (opaque || unparsed || names_any(query, variables_)) {
      return false;
    }
    statements_.push_back(std::move(inner));
    return true;
  }

  RawStatement const& whole_;
  std::size_t from_ = 0;
  int guards_ = 0;
  std::vector<std::string> variables_;
  std::vector<Statement> statements_;
};

bool is_plpgsql(DoStmt const& statement) {
  return std::ranges::none_of(tree::items<DefElem>(statement.args), [](DefElem const* argument) {
    return tree::text(argument->defname) == "language" && tree::text_of(argument->arg) != "plpgsql";
  });
}

}  // namespace

void take_block(Statement& into, DoStmt const& statement) {
  BlockReader reader(into.raw);
  try {
    into.plain_block = is_plpgsql(statement) && reader.read(tree_of(into.raw.text));
  } catch (SyntaxError const&) {
    into.plain_block = false;
  } catch (Json::exception const&) {  // a tree of another form than this one knows
    into.plain_block = false;
  }
  if (into.plain_block) {
    into.block = std::move(reader).statements();
  }
}

}  // namespace bellows::sql
