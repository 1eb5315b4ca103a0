#include "batcher/signals/gauges.hpp"

#include <gtest/gtest.h>

namespace bellows::batcher::gauges_test {
namespace {

constexpr std::int64_t mb = 1 << 20;

Sample at(double now, std::int64_t wal = 1000 * mb) {
  Sample sample;
  sample.now = now;
  sample.wal = wal;
  return sample;
}

Sample with_replica(double now, std::int64_t wal, std::optional<std::int64_t> replayed,
                    std::optional<double> lag = std::nullopt) {
  Sample sample = at(now, wal);
  sample.replicas = {{.name = "r1", .replayed = replayed, .replay_lag = lag}};
  return sample;
}

class Gauges : public testing::Test {
 protected:
  SignalOptions options;
};

TEST_F(Gauges, NothingReadIsUnknown) {
  EXPECT_FALSE(ReplicaGauge(options).read(at(1)).utilisation);
  EXPECT_FALSE(ArchiveGauge(options).read(at(1)).utilisation);
  EXPECT_FALSE(CheckpointGauge(options).read(at(1)).utilisation);
  EXPECT_FALSE(HorizonGauge(options).read(at(1)).utilisation);
  EXPECT_FALSE(read_slots(at(1), options).utilisation);
  EXPECT_FALSE(read_active(at(1), options).utilisation);
  EXPECT_FALSE(read_autovacuum(at(1), options).utilisation);
}

TEST_F(Gauges, ReplicaLagIsTheAgeOfWhatItHasNotReplayed) {
  ReplicaGauge gauge(options);
  for (int second = 0; second <= 8; ++second) {  // a megabyte a second; replay stands at 2 MB
    SignalReading const reading =
        gauge.read(with_replica(second, second * mb, std::min(second, 2) * mb));
    EXPECT_NEAR(reading.utilisation.value(), std::max(0, second - 3) / 10.0, 0.005) << second;
  }
  EXPECT_EQ(gauge.read(with_replica(9, 9 * mb, 2 * mb)).why,
            "replica r1 is 6.0 s (7.0 MB) behind, limit 10 s");
  EXPECT_NEAR(gauge.read(with_replica(10, 10 * mb, 10 * mb)).utilisation.value(), 0, 1e-9);
}

TEST_F(Gauges, AnIdlePrimaryIsNotLag) {
  ReplicaGauge gauge(options);
  for (int second = 0; second < 1000; second += 10) {
    // replay_lag stays at what it was when there was something to replay.
    EXPECT_EQ(gauge.read(with_replica(second, 5 * mb, 5 * mb, 700)).utilisation, 0);
  }
  // One more record, just sent: it is as old as the sample, not as the idle time.
  EXPECT_EQ(gauge.read(with_replica(1000, 5 * mb + 60, 5 * mb, 700)).utilisation.value(),
            60.0 / (256 * mb));
}

TEST_F(Gauges, WhatWasBehindBeforeWeCameIsAsOldAsTheServerSays) {
  ReplicaGauge gauge(options);
  EXPECT_NEAR(gauge.read(with_replica(1, 5 * mb, mb, 7)).utilisation.value(), 0.7, 1e-9);
  EXPECT_GE(gauge.read(with_replica(21, 5 * mb, mb)).utilisation.value(), 2.0);
}

TEST_F(Gauges, BytesCountWhereTimeDoesNot) {
  options.replica_lag_bytes = 100 * mb;
  ReplicaGauge gauge(options);
  SignalReading const reading = gauge.read(with_replica(1, 500 * mb, 300 * mb));
  EXPECT_EQ(reading.utilisation, 2);
  EXPECT_EQ(reading.why, "replica r1 is 200 MB behind, limit 100 MB");
}

TEST_F(Gauges, AReplicaThatHidesOrGoesAwayIsUnknownUntilItIsForgotten) {
  ReplicaGauge gauge(options);
  EXPECT_FALSE(gauge.read(with_replica(1, mb, std::nullopt)).utilisation);
  EXPECT_TRUE(gauge.read(with_replica(2, mb, mb)).utilisation);
  Sample none = at(3, mb);
  none.replicas.emplace();
  EXPECT_FALSE(gauge.read(none).utilisation);
  EXPECT_EQ(gauge.read(none).why, "replica r1 has gone away");
  none.now = 290;
  EXPECT_FALSE(gauge.read(none).utilisation);
  none.now = 310;
  EXPECT_EQ(gauge.read(none).utilisation, 0);
}

TEST_F(Gauges, IgnoredReplicasAreNotLookedAt) {
  options.ignored_replicas = {"r1"};
  EXPECT_EQ(ReplicaGauge(options).read(with_replica(1, 900 * mb, 0)).utilisation, 0);
}

TEST_F(Gauges, Slots) {
  Sample sample = at(1);
  sample.slots.emplace();
  EXPECT_EQ(read_slots(sample, options).utilisation, 0);
  sample.slots = {{"a", "reserved", 30 * mb, 70 * mb}, {"b", "reserved", 1024 * mb, std::nullopt}};
  EXPECT_NEAR(read_slots(sample, options).utilisation.value(), 0.4, 1e-9);
  EXPECT_EQ(read_slots(sample, options).why,
            "slot a retains 30.0 MB of WAL and is lost 70.0 MB later");
  sample.slots = {{"a", "extended", 90 * mb, 10 * mb}};
  EXPECT_GT(read_slots(sample, options).utilisation.value(), 1);
  sample.slots = {{"a", "unreserved", 90 * mb, -mb}};
  EXPECT_GT(read_slots(sample, options).utilisation.value(), 1);
  sample.slots = {{"a", "lost", std::nullopt, std::nullopt}};
  EXPECT_EQ(read_slots(sample, options).utilisation, 0) << "nothing is left to protect";
  sample.slots = {{"b", "reserved", 11LL << 30, std::nullopt}};
  EXPECT_GT(read_slots(sample, options).utilisation.value(), 1);
}

TEST_F(Gauges, SegmentNumbers) {
  EXPECT_EQ(segment_number("0000000100000002000000FF", 16 * mb), 0x2FF);
  EXPECT_EQ(segment_number("000000090000000200000001", 1024 * mb), 2 * 4 + 1);
  EXPECT_FALSE(segment_number("00000002.history", 16 * mb));
  EXPECT_FALSE(segment_number("000000010000000000000003.00000028.backup", 16 * mb));
  EXPECT_FALSE(segment_number("", 16 * mb));
  EXPECT_FALSE(segment_number("00000001000000020000zzzz", 16 * mb));
}

TEST_F(Gauges, ArchiveBacklogIsWhatIsCompleteAndNotArchived) {
  ArchiveGauge gauge(options);
  Sample sample = at(1, 0x300LL * 16 * mb + 5);  // in segment 0x300: 0x2FF is the last complete one
  sample.archiver = {true, "0000000100000002000000FF", 16 * mb, false};
  EXPECT_EQ(gauge.read(sample).utilisation, 0);
  sample.wal += 32LL * 16 * mb;
  EXPECT_EQ(gauge.read(sample).utilisation, 0.5);
  sample.archiver->last = "00000002.history";  // says nothing about segments
  EXPECT_EQ(gauge.read(sample).utilisation, 0.5);
  sample.archiver->failing = true;
  sample.wal += 32LL * 16 * mb;
  EXPECT_EQ(gauge.read(sample).utilisation, 1);
  EXPECT_NE(gauge.read(sample).why.find("archiving fails"), std::string::npos);
  sample.archiver->on = false;
  EXPECT_EQ(gauge.read(sample).utilisation, 0);
}

TEST_F(Gauges, AServerThatNeverArchivedCountsFromNowOn) {
  ArchiveGauge gauge(options);
  Sample sample = at(1, 5000LL * 16 * mb);
  sample.archiver = {true, "", 16 * mb, false};
  EXPECT_EQ(gauge.read(sample).utilisation, 0);
  sample.wal += 64LL * 16 * mb;
  EXPECT_EQ(gauge.read(sample).utilisation, 1);
}

TEST_F(Gauges, ForcedCheckpointsInQuickSuccession) {
  CheckpointGauge gauge(options);
  auto const look = [&](double now, std::int64_t requested, std::int64_t wal) {
    Sample sample = at(now, wal);
    sample.checkpoints = {requested, 0, 100 * mb};
    return gauge.read(sample).utilisation.value();
  };
  EXPECT_EQ(look(0, 7, 0), 0);
  EXPECT_EQ(look(60, 8, 50 * mb), 0) << "one says nothing";
  EXPECT_EQ(look(65, 9, 100 * mb), 2) << "the next one after 5 s";
  EXPECT_EQ(look(70, 9, 100 * mb), 2);
  EXPECT_EQ(look(85, 9, 100 * mb), 0.5) << "and none for 20 s";
  EXPECT_LT(look(90, 13, 101 * mb), 0.5) << "four that somebody asked for: without any WAL";
}

TEST_F(Gauges, HorizonNamesItsHolder) {
  HorizonGauge gauge(options);
  auto const look = [&](double now, HolderSample const& holder) {
    Sample sample = at(now);
    sample.holders = {holder};
    return gauge.read(sample);
  };
  SignalReading const reading = look(0, {"session 12 of report", "session 12", "700", 1800});
  EXPECT_EQ(reading.utilisation, 0.5);
  EXPECT_EQ(reading.why,
            "session 12 of report has kept dead rows from being removed for 1800 s, limit 3600 s");
  EXPECT_EQ(look(1, {"session 12", "session 12", "700", 3600}).utilisation, 1);
  EXPECT_EQ(look(2, {"session 12", "session 12", "701", 3601}).utilisation, 0)
      << "a new snapshot in the same transaction";
  EXPECT_EQ(look(38, {"session 12", "session 12", "701", 3637}).utilisation, 0.01);
}

TEST_F(Gauges, HorizonOfUnknownAgeCountsFromTheFirstLook) {
  HorizonGauge gauge(options);
  for (double now : {0.0, 360.0, 3600.0}) {
    Sample sample = at(now);
    sample.holders = {{"slot s", "slot s", "700", std::nullopt}};
    EXPECT_NEAR(gauge.read(sample).utilisation.value(), now / 3600, 1e-9);
  }
}

TEST_F(Gauges, ActiveSessionsAutovacuumAndWindow) {
  Sample sample = at(1);
  options.active_sessions = 4;
  sample.active = 5;
  EXPECT_EQ(read_active(sample, options).utilisation, 1.25);
  sample.vacuums.emplace();
  EXPECT_EQ(read_autovacuum(sample, options).utilisation, 0);
  sample.vacuums = {{"scanning heap", true}};
  EXPECT_LT(read_autovacuum(sample, options).utilisation.value(), 1);
  EXPECT_GT(read_autovacuum(sample, options).utilisation.value(), 0.5);
  EXPECT_NE(read_autovacuum(sample, options).why.find("wraparound"), std::string::npos);
  options.autovacuum = SignalOptions::OnAutovacuum::Pause;
  EXPECT_EQ(read_autovacuum(sample, options).utilisation, 1);
  options.window = Window::parse("22:00-06:00");
  options.time_zone = "Europe/Vienna";
  sample.second_of_day = 12 * 3600;
  EXPECT_EQ(read_window(sample, options).utilisation, 1);
  EXPECT_EQ(read_window(sample, options).why,
            "it is 12:00, outside the window 22:00-06:00 Europe/Vienna");
  sample.second_of_day = 3 * 3600;
  EXPECT_EQ(read_window(sample, options).utilisation, 0);
}

TEST_F(Gauges, BytesForPeople) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(1536), "1.5 kB");
  EXPECT_EQ(bytes_text(256 * mb), "256 MB");
  EXPECT_EQ(bytes_text(10LL << 30), "10.0 GB");
}

}  // namespace
}  // namespace bellows::batcher::gauges_test
