EXECUTE recents('2026-01-01', 10);
