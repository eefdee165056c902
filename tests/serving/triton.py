"""What Triton's own client asks of a server: its health, a model, tensors as bytes and as JSON, and what is refused."""

import json
import sys

import numpy as np
import tritonclient.http as triton

client = triton.InferenceServerClient(sys.argv[1])
said = {
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "model": client.is_model_ready("birds"),
    "version": client.is_model_ready("birds", "3"),
    "other": client.is_model_ready("birds", "4"),
    "extensions": client.get_server_metadata()["extensions"],
    "answers": [],
}
for binary in (True, False):
    mass = triton.InferInput("mass", [2], "FP64")
    mass.set_data_from_numpy(np.array([4.0, np.nan]), binary_data=binary)
    island = triton.InferInput("island", [2], "BYTES")
    island.set_data_from_numpy(np.array(["Biscoe", "Dream"], dtype=object), binary_data=binary)
    outputs = [triton.InferRequestedOutput(name, binary_data=binary) for name in ("probabilities", "label")]
    for asked in (None, outputs):
        result = client.infer("birds", [mass, island], outputs=asked)
        labels = [one.decode() if isinstance(one, bytes) else one for one in result.as_numpy("label")]
        said["answers"].append([labels, result.as_numpy("probabilities").tolist()])
try:
    large = triton.InferInput("mass", [1], "INT64")
    large.set_data_from_numpy(np.array([9007199254740993]))
    client.infer("birds", [large])
except triton.InferenceServerException as error:
    said["refused"] = str(error)
print(json.dumps(said))
