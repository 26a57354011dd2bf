// Where a fault test may have the process killed; see libs/crash-points.
export type CrashPoint = (name: string) => void;
