# Writes the files of other tools that the tests of formats read, and the versions of those tools.
# python write-files.py FOLDER   (pyarrow, pandas, openpyxl, pillow)
import datetime
import decimal
import json
import sys

import openpyxl
import PIL
from PIL import Image
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

out = sys.argv[1]
utc = datetime.timezone.utc
types = pa.table({
    'i8': pa.array([1, -2, None], pa.int8()),
    'u64': pa.array([1, 2**53 - 1, 0], pa.uint64()),
    'big': pa.array([2**53 + 1, 5, None], pa.int64()),
    'f32': pa.array([0.5, 1e-3, None], pa.float32()),
    'd2': pa.array([decimal.Decimal('1.10'), decimal.Decimal('-0.25'), None], pa.decimal128(9, 2)),
    'd30': pa.array([decimal.Decimal('12345678901234567890.123456'), None, None], pa.decimal128(30, 6)),
    'd0': pa.array([decimal.Decimal(7), None, None], pa.decimal128(5, 0)),
    's': ['a', '', None],
    'dict': pa.array(['x', 'y', 'x']).dictionary_encode(),
    'b': [True, False, None],
    'day': pa.array([datetime.date(2024, 2, 29), None, None]),
    'zoned': pa.array([datetime.datetime(2024, 1, 1, 12, tzinfo=utc), None, None], pa.timestamp('us', 'Europe/Vienna')),
    'naive': pa.array([datetime.datetime(2024, 1, 1, 12, 0, 0, 5000), None, None], pa.timestamp('us')),
    'ns': pa.array([1704110400005000000, None, None], pa.timestamp('ns')),
    'time': pa.array([datetime.time(1, 2, 3), None, None], pa.time64('us')),
    'st': [{'x y': 1, 'in': {'z': 'q'}}, {'x y': None, 'in': None}, None],
    'list': [[1, 2], [], None],
    'map': pa.array([[('k', 1)], [], None], pa.map_(pa.string(), pa.int64())),
})
pq.write_table(types, f'{out}/types.parquet')
pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=['a', 'A']), f'{out}/case.parquet')
pq.write_table(pa.table({'s': [{'a': 1, 'A': 2}]}), f'{out}/struct-case.parquet')
pq.write_table(pa.table({'n': pa.array([1704110400000000001], pa.timestamp('ns'))}), f'{out}/fine.parquet')
pq.write_table(pa.table({'n': pa.array([b'\x00\xff'])}), f'{out}/bytes.parquet')
pq.write_table(pa.table({'n': pa.array([1.5, float('nan'), float('inf'), None])}), f'{out}/nan.parquet')
pd.DataFrame({'v': [1.5, 2.5]}, index=['r', 's']).to_parquet(f'{out}/index.parquet')
pq.write_table(pa.table({'n': pa.array([1, 2], pa.int32()), 't': ['x', 'y']}), f'{out}/part-1.parquet', row_group_size=1)
pq.write_table(pa.table({'t': ['z'], 'n': pa.array([-3], pa.int64())}), f'{out}/part-2.parquet')
pq.write_table(pa.table({'n': ['3'], 't': ['z']}), f'{out}/part-3-other.parquet')

book = openpyxl.Workbook()
sheet = book.active
sheet.title = 'First & last'
sheet.append([])
sheet.append(['id', 'when', 'at', 'clock', 'amount', 'code', 'flag', 'note', 'mixed'])
sheet.append([1, datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 12, 30, 1), datetime.time(6, 30), 0.1, '007', True, 'a "b"\nc', 5])
sheet.append([2, datetime.date(1900, 1, 2), None, None, 1e21, '1e3', False, ' x ', 'NA'])
sheet.append([])
sheet.append([3, datetime.date(1999, 12, 31), datetime.datetime(2024, 3, 1), None, -0.25, '42', None, '\u00e4\U0001f600', 7])
book.save(f'{out}/cells.xlsx')
book.create_sheet('Other').append(['a'])
book.save(f'{out}/two-sheets.xlsx')
merged = openpyxl.Workbook()
for row in [['g', 'n'], ['x', 1], [None, 2]]:
    merged.active.append(row)
merged.active.merge_cells('A2:A3')
merged.save(f'{out}/merged.xlsx')
early = openpyxl.Workbook()
early.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
early.active.append(['when'])
early.active.append([datetime.date(2024, 2, 29)])
early.save(f'{out}/from-1904.xlsx')
wide = openpyxl.Workbook()
wide.active.append(['a'])
wide.active.append([1, 2])
wide.save(f'{out}/no-name.xlsx')

image = Image.new('RGB', (37, 21), (200, 30, 60))
for form in ['png', 'jpeg', 'gif', 'webp', 'bmp']:
    image.save(f'{out}/image.{form}', form.upper())
image.save(f'{out}/lossless.webp', 'WEBP', lossless=True)

versions = {'pyarrow': pa.__version__, 'pandas': pd.__version__, 'openpyxl': openpyxl.__version__, 'pillow': PIL.__version__}
with open(f'{out}/versions.json', 'w') as file:
    json.dump(versions, file, indent=2)
    file.write('\n')
