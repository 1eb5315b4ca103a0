#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/catalog/model.hpp"

namespace bellows::catalog {

/// The schema of the database that `session` is connected to, as one moment shows it: one READ
/// ONLY, REPEATABLE READ transaction, a handful of set-based queries over pg_catalog however many
/// tables there are. Needs no right beyond connecting; reads no user data. Servers 13 to 18.
///
/// Left out: PostgreSQL's own schemas, temporary ones, `bellows`, and what belongs to an extension.
/// Types, defaults and definitions are printed under `search_path = pg_catalog`, so that everything
/// but PostgreSQL's own is qualified and the text does not depend on who asks.
///
/// Waits, as any SELECT would, for a transaction that holds a table ACCESS EXCLUSIVE: the server
/// opens a table to tell its size and its indexes' definitions. The session's lock_timeout applies.
///
/// Must not be called while a Transaction of `session` is open. Throws postgres::Failure.
Catalog read_catalog(postgres::Session& session);

}  // namespace bellows::catalog
