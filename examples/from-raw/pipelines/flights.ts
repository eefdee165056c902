import { pipeline, valueOf } from 'trainyard';
import * as clean from 'trainyard/plugins/clean';
import * as evaluate from 'trainyard/plugins/evaluate';
import * as explore from 'trainyard/plugins/explore';
import * as features from 'trainyard/plugins/features';
import * as ingest from 'trainyard/plugins/ingest';
import * as split from 'trainyard/plugins/split';
import * as tables from 'trainyard/plugins/tables';
import * as train from 'trainyard/plugins/train';
import { z } from 'zod';

const params = z.object({
  data: z
    .string()
    .default('data/flights')
    .describe('a folder with flights.csv, planes.csv, airports.csv and weather.csv'),
});
const label = 'late';

/** Flights out of New York, with what is known of the hour's weather, of the plane and of where it goes. */
export default pipeline('flights', { params, title: 'Whether a flight comes in late' }, async ({ data }) => {
  const read = (name: string) => ingest.csv({ source: `${data}/${name}.csv` });
  const [flights, planes, airports] = [read('flights'), read('planes'), read('airports')];
  // Three hours of the autumn stand twice in the whole year: a flight has one partner.
  const weather = clean.table({
    table: read('weather'),
    rules: [{ rule: 'duplicates', by: ['origin', 'time_hour'] }],
  });
  const { table: withWeather } = tables.join({
    table: flights,
    other: weather,
    on: { origin: 'origin', time_hour: 'time_hour' },
    columns: ['temp', 'dewp', 'humid', 'wind_speed', 'precip', 'pressure', 'visib'],
  });
  const { table: withPlanes } = tables.join({
    table: withWeather,
    other: planes,
    on: { tailnum: 'tailnum' },
    columns: ['year', 'type', 'engines', 'seats'],
    prefix: 'plane_',
  });
  const { table: joined } = tables.join({
    table: withPlanes,
    other: airports,
    on: { dest: 'faa' },
    columns: ['lat', 'lon', 'alt'],
    prefix: 'dest_',
  });
  const known = clean.table({
    table: joined,
    rules: [
      // What was cancelled or sent elsewhere never came in.
      { rule: 'require', columns: ['arr_delay'] },
      { rule: 'mark', as: label, if: { column: 'arr_delay', above: 15 } },
    ],
  });
  // What a forecaster has to tell is what comes: the last weeks judge.
  const parts = split.time({ table: known, time: 'time_hour', test: 0.2, validation: 0.2 });
  explore.compare({ reference: parts.train, table: parts.validation, names: ['before', 'after'], label });
  const prep = features.fit({
    table: parts.train,
    recipe: {
      numeric: [
        'month',
        'hour',
        'distance',
        'temp',
        'humid',
        'wind_speed',
        'precip',
        'pressure',
        'visib',
        'plane_year',
        'plane_seats',
        'dest_lat',
        'dest_lon',
      ],
      categorical: ['origin', 'carrier', 'plane_type'],
      label,
    },
  });
  const fitted = train.logistic({
    train: parts.train,
    validation: parts.validation,
    prep,
    label,
    l2: 10,
    classWeights: 'balanced',
  });
  const report = evaluate.final(
    { model: fitted.model, test: parts.test },
    { reason: 'the one measurement of the example' },
  );
  return { model: fitted.model, figures: await valueOf(fitted.figures), f1: (await valueOf(report)).f1.macro };
});
