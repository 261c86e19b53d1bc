// SPDX-License-Identifier: MIT
// sqlite keeps two tables in memory, joins them and drops rows.

#include "libraries/sqlite.h"

#include "program.h"

#define ROWS "2500"

static const char set_up[] =
    "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT, price INT);"
    "CREATE TABLE sale(item INT, count INT);"
    "CREATE INDEX by_item ON sale(item);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT " ROWS
    ") INSERT INTO item SELECT i, 'item number ' || i, i % 97 FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT " ROWS
    ") INSERT INTO sale SELECT i * 7 % " ROWS " + 1, i % 5 FROM n;"
    "DELETE FROM item WHERE id % 10 = 0;";

static const char question[] =
    "SELECT sum(length(name) * count + price) FROM item JOIN sale "
    "ON item.id = sale.item;";

static int ask(sqlite3 *base, sqlite3_int64 *sum)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_exec(base, set_up, NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(base, question, -1, &statement, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        *sum = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return code;
}

static outcome run(void)
{
    static const sqlite3_mem_methods methods = REEL_SQLITE;
    sqlite3 *base = NULL;
    sqlite3_int64 sum = 0;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK) {
        return WRONG;
    }
    int code = sqlite3_open(":memory:", &base);
    if (code == SQLITE_OK) {
        code = ask(base, &sum);
    }
    sqlite3_close(base);
    sqlite3_shutdown();
    if (code != SQLITE_ROW) {
        return code == SQLITE_NOMEM ? FAILED : WRONG;
    }
    return sum == 177269 ? WORKED : WRONG;
}

const program the_program = { "sqlite, two tables of " ROWS " rows", false,
                              false, run };
