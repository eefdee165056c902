export * from '@trainyard/drift';
