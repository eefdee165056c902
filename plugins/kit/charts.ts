export * from '@trainyard/pages/charts';
