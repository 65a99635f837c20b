// placeholder while the real one is being written
export function startSchedules(_options: unknown): { close(): Promise<void> } { return { close: async () => {} }; }
