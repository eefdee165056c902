export * from '@trainyard/metrics';
export * from '@trainyard/metrics/contract';
