export * from '@trainyard/learners';
