#include "planner/plan/privileges.hpp"

#include "planner/sql/statement.hpp"

#include <algorithm>

// Source: manual, 5.7 Privileges; the SQL commands' pages, SELECT … FOR NO KEY UPDATE among them.
namespace bellows::plan {
namespace {

using Kind = Privilege::Kind;

bool is_relation(sql::ObjectKind kind) {
  using enum sql::ObjectKind;
  return kind == Table || kind == Index || kind == View || kind == MaterializedView ||
         kind == Sequence || kind == ForeignTable;
}

/// SET ROLE makes somebody else of us: whom, and what they may, is not looked into.
bool changes_role(sql::Statement const& statement) {
  std::string text = statement.raw.text.substr(0, 64);
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  bool const sets = text.starts_with("SET ") || text.starts_with("RESET ");
  return sets && (text.find(" ROLE") != std::string::npos ||
                  text.find("AUTHORIZATION") != std::string::npos);
}

class Collector {
 public:
  std::vector<Privilege> take() { return std::move(all_); }

  void need(Kind kind, sql::QualifiedName const& on) {
    bool const unsure = on.schema.empty() && path_changed_;
    bool const temporary = on.schema.raw() == sql::temporary_schema;
    Privilege privilege{kind, on};
    if (!unsure && !temporary && std::ranges::find(all_, privilege) == all_.end()) {
      all_.push_back(std::move(privilege));
    }
  }

  void see(sql::Statement const& statement) {
    path_changed_ = path_changed_ || statement.search_path.has_value();
    std::visit([&](auto const& body) { of(statement, body); }, statement.body);
  }

 private:
  void create_in(sql::QualifiedName const& made) { need(Kind::CreateIn, {made.schema, {}}); }
  void references(std::vector<sql::ConstraintDefinition> const& constraints) {
    for (sql::ConstraintDefinition const& constraint : constraints) {
      if (constraint.form == sql::ConstraintForm::ForeignKey) {
        need(Kind::References, constraint.references);
      }
    }
  }

  void of(sql::Statement const&, sql::CreateTable const& create) {
    create_in(create.table);
    if (!create.partition_of.name.empty()) {
      need(Kind::Own, create.partition_of);
    }
    for (sql::QualifiedName const& parent : create.inherits) {
      need(Kind::Own, parent);
    }
    references(create.constraints);
    for (sql::ColumnDefinition const& column : create.columns) {
      references(column.constraints);
    }
  }
  void of(sql::Statement const&, sql::CreateIndex const& create) { need(Kind::Own, create.table); }
  void of(sql::Statement const&, sql::CreateTrigger const& create) {
    need(Kind::Trigger, create.table);
  }
  void of(sql::Statement const&, sql::AlterTable const& alter) {
    need(Kind::Own, alter.table);
    for (sql::AlterTableCommand const& command : alter.commands) {
      references({command.constraint});
      references(command.column.constraints);
      if (command.action == sql::AlterAction::AttachPartition) {
        need(Kind::Own, command.other);
      }
    }
  }
  void of(sql::Statement const&, sql::RenameColumn const& rename) {
    if (is_relation(rename.on)) {
      need(Kind::Own, rename.table);
    }
  }
  void of(sql::Statement const&, sql::RenameObject const& rename) {
    if (is_relation(rename.kind)) {
      need(Kind::Own, rename.name);
    }
  }
  void of(sql::Statement const&, sql::Drop const& drop) {
    if (!drop.on_table.name.empty()) {
      return need(Kind::Own, drop.on_table);
    }
    for (sql::QualifiedName const& name : drop.names) {
      if (is_relation(drop.kind)) {
        need(Kind::Drop, name);
      } else if (drop.kind == sql::ObjectKind::Function) {
        need(Kind::DropRoutine, name);
      }
    }
  }
  void of(sql::Statement const&, sql::Update const& update) { need(Kind::Update, update.table); }
  void of(sql::Statement const&, sql::DataStatement const& data) {
    for (sql::QualifiedName const& name : data.writes) {
      if (data.kind == "INSERT") {
        need(Kind::Insert, name);
      } else if (data.kind == "DELETE") {
        need(Kind::Delete, name);
      } else if (data.kind == "TRUNCATE") {
        need(Kind::Truncate, name);
      }
    }
  }
  void of(sql::Statement const& statement, sql::Other const& other) {
    bool const makes = statement.kind == "CREATE VIEW" || statement.kind == "CREATE SEQUENCE" ||
                       statement.kind == "CREATE MATERIALIZED VIEW" ||
                       statement.kind == "CREATE TABLE AS";
    if (makes && !other.relations.empty()) {
      create_in(other.relations.front());
    }
  }
  void of(sql::Statement const&, sql::DomainChange const&) {}
  void of(sql::Statement const&, sql::Unparsed const&) {}

  std::vector<Privilege> all_;
  bool path_changed_ = false;
};

/// Batches lock the rows that they take, and whoever locks a row must be allowed to update it.
void see(Collector& all, Batch const& batch) {
  all.need(Kind::Select, batch.table);
  all.need(Kind::Update, batch.table);
  if (std::holds_alternative<DeleteRows>(batch.action)) {
    all.need(Kind::Delete, batch.table);
  }
  if (auto const* copy = std::get_if<CopyRows>(&batch.action)) {
    all.need(Kind::Insert, copy->into);
  }
}

std::vector<sql::Statement> parsed(std::vector<std::string> const& texts) {
  std::vector<sql::RawStatement> raw;
  for (std::string const& text : texts) {
    raw.push_back({.text = text, .at = {}, .comments = {}});
  }
  return sql::parse_all(std::move(raw));
}

/// False: from here on somebody else runs it.
bool see(Collector& all, std::vector<std::string> const& statements) {
  for (sql::Statement const& statement : parsed(statements)) {
    if (changes_role(statement)) {
      return false;
    }
    all.see(statement);
  }
  return true;
}

bool see(Collector& all, Step const& step) {
  if (auto const* run = std::get_if<RunSql>(&step.action)) {
    return see(all, run->statements);
  }
  if (auto const* batch = std::get_if<Batch>(&step.action)) {
    see(all, *batch);
  } else if (auto const* verify = std::get_if<Verify>(&step.action)) {
    all.need(Kind::Select, verify->table);
  } else if (auto const* gate = std::get_if<Gate>(&step.action); gate->kind == quiet_gate) {
    all.need(Kind::Select, gate->sequence);
  }
  return true;
}

}  // namespace

std::vector<Privilege> privileges(std::vector<Step> const& steps) {
  Collector all;
  bool const known = std::ranges::all_of(steps, [&](Step const& step) { return see(all, step); });
  return known ? all.take() : std::vector<Privilege>();
}

std::vector<Privilege> privileges(Plan const& plan) {
  std::vector<Step> all = plan.expand;
  all.insert(all.end(), plan.backfill.begin(), plan.backfill.end());
  all.insert(all.end(), plan.contract.begin(), plan.contract.end());
  return privileges(all);
}

std::vector<Privilege> undo_privileges(std::vector<Step> const& steps) {
  Collector all;
  bool const known =
      std::ranges::all_of(steps, [&](Step const& step) { return see(all, step.undo); });
  return known ? all.take() : std::vector<Privilege>();
}

}  // namespace bellows::plan
