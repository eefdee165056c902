import { UserError } from '@trainyard/errors';
import koffi from 'koffi';

/** A data set's, booster's or prediction's place in the library's memory. */
export type Handle = bigint & { readonly __handle: never };

type Call = (...args: unknown[]) => number;

/** The C functions that are used, each with its signature as in `LightGBM/c_api.h` of version 4. */
const SIGNATURES = {
  LGBM_DatasetCreateFromMat:
    '(const void* data, int type, int32_t rows, int32_t columns, int row_major, const char* parameters, void* reference, _Out_ void** out)',
  LGBM_DatasetSetField: '(void* handle, const char* name, const void* data, int length, int type)',
  LGBM_DatasetFree: '(void* handle)',
  LGBM_BoosterCreate: '(void* data, const char* parameters, _Out_ void** out)',
  LGBM_BoosterLoadModelFromString: '(const char* text, _Out_ int* iterations, _Out_ void** out)',
  LGBM_BoosterFree: '(void* handle)',
  LGBM_BoosterMerge: '(void* handle, void* other)',
  LGBM_BoosterAddValidData: '(void* handle, void* data)',
  LGBM_BoosterUpdateOneIter: '(void* handle, _Out_ int* finished)',
  LGBM_BoosterGetCurrentIteration: '(void* handle, _Out_ int* iteration)',
  LGBM_BoosterNumModelPerIteration: '(void* handle, _Out_ int* trees)',
  LGBM_BoosterGetNumFeature: '(void* handle, _Out_ int* features)',
  LGBM_BoosterGetPredict: '(void* handle, int data, _Out_ int64_t* length, void* out)',
  LGBM_BoosterSaveModelToString:
    '(void* handle, int start, int iterations, int importance, int64_t size, _Out_ int64_t* length, void* out)',
  LGBM_BoosterFeatureImportance: '(void* handle, int iterations, int type, void* out)',
  LGBM_BoosterPredictForMat:
    '(void* handle, const void* data, int type, int32_t rows, int32_t columns, int row_major, int what, int start, int iterations, const char* parameters, _Out_ int64_t* length, void* out)',
  LGBM_BoosterPredictForMatSingleRowFastInit:
    '(void* handle, int what, int start, int iterations, int type, int32_t columns, const char* parameters, _Out_ void** out)',
  LGBM_BoosterPredictForMatSingleRowFast: '(void* fast, const void* data, _Out_ int64_t* length, void* out)',
  LGBM_FastConfigFree: '(void* fast)',
} as const;

export type FunctionName = keyof typeof SIGNATURES;

/** The library's functions; each throws a UserError with the library's own words where it fails. */
export type Native = (name: FunctionName, ...args: unknown[]) => void;

/** Types of numbers in the library's calls. */
export const DTYPE = { float32: 0, float64: 1, int32: 2, int64: 3 } as const;

/**
 * Loads the shared library into this process. Throws a UserError where it is not there, or where the machine lacks what it
 * needs itself: the OpenMP run time.
 */
export function loadNative(path: string): Native {
  const library = loaded(path);
  const lastError = library.func('const char* LGBM_GetLastError()') as unknown as () => string;
  const calls = new Map<FunctionName, Call>();
  return (name, ...args) => {
    let call = calls.get(name);
    if (!call) calls.set(name, (call = library.func(`int ${name}${SIGNATURES[name]}`) as unknown as Call));
    if (call(...args) !== 0) throw refused(name, lastError());
  };
}

function loaded(path: string): ReturnType<typeof koffi.load> {
  try {
    return koffi.load(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('LightGBM cannot be loaded on this machine', {
      where: { file: path },
      expected: 'its shared library, and the OpenMP run time that it needs (libgomp.so.1; libomp.dylib on macOS)',
      actual: why,
      cause,
      remedy: remedyFor(why),
    });
  }
}

/** What to install where the dynamic linker says what is missing. */
export function remedyFor(why: string): string {
  if (/libgomp|libomp/.test(why))
    return 'Install OpenMP (Debian, Ubuntu: apt-get install libgomp1; Fedora: dnf install libgomp; macOS: brew install libomp)';
  if (/GLIBC/.test(why))
    return "The machine's C library is older than 2.28, which LightGBM's package asks for: use a newer system";
  return 'Run: npx trainyard setup lightgbm';
}

function refused(call: FunctionName, words: string): UserError {
  return new UserError(`LightGBM refused: ${words.trim() || 'it does not say why'}`, {
    actual: call,
    remedy: 'look at the parameters and the data that the message names',
  });
}
