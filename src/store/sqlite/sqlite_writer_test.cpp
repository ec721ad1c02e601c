#include "store/sqlite/sqlite_writer.hpp"

#include "async/task_group.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace signalbox::store::sqlite {
namespace {

class Writing : public ::testing::Test {
protected:
    Writing() {
        auto connection = Connection::open(path, Connection::Mode::kReadWrite);
        EXPECT_TRUE(connection->run_script("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"));
        writer.emplace(loop.get_executor(), *std::move(connection));
    }

    std::int64_t count() {
        auto connection = Connection::open(path, Connection::Mode::kReadOnly);
        return (*connection->find_integer("SELECT count(*) FROM numbers")).value_or(-1);
    }

    testing::TemporaryDirectory directory;
    std::filesystem::path path = directory.path() / "w.db";
    boost::asio::io_context loop;
    async::TaskGroup group{loop.get_executor()};
    std::optional<SqliteWriter> writer;
};

struct Insert {
    int number;
    Result<int> answer;

    Result<int> operator()(Connection& connection) const {
        SB_OK(connection.run("INSERT INTO numbers VALUES (?1)", number));
        return answer;
    }
};

struct Throw {
    Result<int> operator()(Connection&) const { throw std::runtime_error("a bug"); }
};

template <class Work>
Task<void> write_into(SqliteWriter* writer, Work work, std::vector<Result<int>>* answers) {
    answers->push_back(co_await writer->run(std::move(work)));
}

TEST_F(Writing, AnItemsErrorTakesBackThatItemOnly) {
    std::vector<Result<int>> answers;
    const Result<int> refused = fail(Code::kConflict, "NO", "no");
    group.spawn("1", write_into(&*writer, Insert{1, 10}, &answers));
    group.spawn("2", write_into(&*writer, Insert{2, refused}, &answers));
    group.spawn("3", write_into(&*writer, Throw{}, &answers));
    group.spawn("4", write_into(&*writer, Insert{1, 40}, &answers));
    group.spawn("5", write_into(&*writer, Insert{5, 50}, &answers));
    loop.run();

    ASSERT_EQ(answers.size(), 5U);
    EXPECT_EQ(*answers[0], 10);
    EXPECT_EQ(answers[1].error().word(), "NO");
    EXPECT_EQ(answers[2].error().code(), Code::kInternal);
    EXPECT_EQ(answers[3].error().word(), "DATABASE_CONSTRAINT");
    EXPECT_EQ(*answers[4], 50);
    EXPECT_EQ(count(), 2);
}

TEST_F(Writing, ItemsHappenInTheOrderInWhichTheyCame) {
    std::vector<Result<int>> answers;
    for (int i = 0; i < 1000; ++i) {
        group.spawn("insert", write_into(&*writer, Insert{i, i}, &answers));
    }
    loop.run();
    ASSERT_EQ(answers.size(), 1000U);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(*answers[static_cast<std::size_t>(i)], i);
    }
    EXPECT_EQ(count(), 1000);
}

struct RollBack {
    Result<int> operator()(Connection& connection) const {
        SB_OK(connection.run("ROLLBACK"));
        return 1;
    }
};

// Keeps the writer busy, so that what is queued meanwhile becomes one batch.
struct Occupy {
    std::atomic<bool>* begun;
    std::atomic<bool>* may_end;

    Result<int> operator()(Connection&) const {
        begun->store(true);
        begun->notify_all();
        may_end->wait(false);
        return 0;
    }
};

TEST_F(Writing, ALostTransactionIsTheErrorOfAllItsItems) {
    std::atomic<bool> begun = false;
    std::atomic<bool> may_end = false;
    std::vector<Result<int>> answers;
    group.spawn("occupy", write_into(&*writer, Occupy{&begun, &may_end}, &answers));
    loop.poll();
    begun.wait(false);
    group.spawn("before", write_into(&*writer, Insert{1, 1}, &answers));
    group.spawn("lose", write_into(&*writer, RollBack{}, &answers));
    group.spawn("after", write_into(&*writer, Insert{2, 2}, &answers));
    loop.poll();
    may_end.store(true);
    may_end.notify_all();
    loop.run();
    loop.restart();

    ASSERT_EQ(answers.size(), 4U);
    EXPECT_TRUE(answers[0]);
    EXPECT_FALSE(answers[1]);
    EXPECT_FALSE(answers[2]);
    EXPECT_FALSE(answers[3]);
    EXPECT_EQ(count(), 0);
    group.spawn("again", write_into(&*writer, Insert{3, 3}, &answers));
    loop.run();
    EXPECT_EQ(*answers[4], 3);
}

TEST_F(Writing, ACancelledWaitDetachesFromItsItem) {
    std::vector<Result<int>> answers;
    group.spawn("insert", write_into(&*writer, Insert{1, 1}, &answers));
    loop.poll_one();
    group.cancel();
    loop.run();
    writer->finish();
    EXPECT_TRUE(answers.empty());
    EXPECT_EQ(count(), 1);
}

TEST_F(Writing, WhatIsQueuedIsWrittenBeforeItEnds) {
    std::vector<Result<int>> answers;
    for (int i = 0; i < 300; ++i) {
        group.spawn("insert", write_into(&*writer, Insert{i, i}, &answers));
    }
    loop.poll();
    writer->finish();
    loop.run();
    EXPECT_EQ(answers.size(), 300U);
    EXPECT_EQ(count(), 300);
}

struct InsertLong {
    int number;

    Result<int> operator()(Connection& connection) const {
        const std::string text(3000, 'x');
        SB_OK(connection.run("INSERT INTO texts VALUES (?1, ?2)", number, text));
        return number;
    }
};

// Reads so that there is always somebody who needs the log.
void read_without_a_pause(const std::filesystem::path& path, const std::atomic<bool>& done) {
    std::vector<Connection> readers;
    for (int i = 0; i < 2; ++i) {
        readers.push_back(*Connection::open(path, Connection::Mode::kReadOnly));
    }
    std::array<std::optional<ReadSnapshot>, 2> snapshots;
    for (std::size_t turn = 0; !done; turn = 1 - turn) {
        snapshots.at(turn).emplace(readers.at(turn));
        EXPECT_TRUE(readers.at(turn).find_integer("SELECT count(*) FROM texts"));
        snapshots.at(1 - turn).reset();
    }
}

TEST_F(Writing, ReadersWithoutAPauseDoNotMakeTheLogGrowForEver) {
    writer->finish();
    auto connection = *Connection::open(path, Connection::Mode::kReadWrite);
    ASSERT_TRUE(connection.run_script(
        "PRAGMA journal_mode = WAL; CREATE TABLE texts (n INTEGER PRIMARY KEY, x TEXT)"
    ));
    constexpr CheckpointPolicy kOften{.every = 50, .restart = 200};
    writer.emplace(loop.get_executor(), std::move(connection), kOften);
    std::atomic<bool> done = false;
    std::thread reader([&] { read_without_a_pause(path, done); });

    std::vector<Result<int>> answers;
    for (int i = 0; i < 4000; ++i) {
        group.spawn("insert", write_into(&*writer, InsertLong{i}, &answers));
        loop.run();
        loop.restart();
    }
    done = true;
    reader.join();

    ASSERT_EQ(answers.size(), 4000U);
    EXPECT_TRUE(std::ranges::all_of(answers, [](const auto& answer) { return answer.has_value(); })
    );
    // Without the restarts it is 50 MB.
    EXPECT_LT(std::filesystem::file_size(path.string() + "-wal"), 8'000'000U);
}

}  // namespace
}  // namespace signalbox::store::sqlite
