export * from '@trainyard/pages';
