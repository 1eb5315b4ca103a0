CALL shop.close_day('2026-01-01', force => true);
