export * from '@trainyard/numeric';
