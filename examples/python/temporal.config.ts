import { defineConfig } from 'trainyard';

export default defineConfig({
  name: 'python',
  pipelines: ['./pipelines/*.ts'],
  plugins: ['./nodes/learners'],
});
