import { defineConfig } from 'trainyard';

export default defineConfig({
  pipelines: ['./pipelines/*.ts'],
  // The address of the database, with user and password: it stands in no code.
  secrets: { birds: { env: 'BIRDS_DATABASE' } },
});
