export * from '@trainyard/tables';
