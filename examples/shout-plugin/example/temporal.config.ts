import { defineConfig } from 'trainyard';

export default defineConfig({
  pipelines: ['./pipelines/*.ts'],
  plugins: ['trainyard-plugin-shout'],
});
