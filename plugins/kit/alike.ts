export * from '@trainyard/alike';
