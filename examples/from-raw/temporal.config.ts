import { defineConfig } from 'trainyard';

export default defineConfig({
  pipelines: ['./pipelines/*.ts'],
  plugins: ['./nodes/pixels'],
});
