import { defineConfig } from 'trainyard';

export default defineConfig({
  pipelines: ['./pipelines/*.ts'],
  plugins: ['./nodes/flaws'],
  pools: { cpu: { slots: 2, memory: '4GB' } },
});
