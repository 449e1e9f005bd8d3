"""The supervision notice (督办单): a question to a department, due on a day."""
