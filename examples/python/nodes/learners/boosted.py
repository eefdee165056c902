import xgboost

import tables


def run(params, inputs, ctx):
    x, y, classes = tables.read(inputs["train"], params)
    held, truth, _ = tables.read(inputs["validation"], params, classes)
    settings = {
        "objective": "multi:softmax",
        "num_class": len(classes),
        "seed": ctx.seed,
        "nthread": ctx.threads,
        "max_depth": 4,
    }
    train = xgboost.DMatrix(x, y)
    state = ctx.checkpoint.load()
    while state is None or rounds_in(state) < params["rounds"]:
        done = 0 if state is None else rounds_in(state)
        # Every segment starts from the bytes of the one before: what goes on after a crash is what goes on undisturbed.
        before = None if state is None else xgboost.Booster(model_file=bytearray(state))
        more = min(params["segment"], params["rounds"] - done)
        booster = xgboost.train(settings, train, more, xgb_model=before)
        state = bytes(booster.save_raw("ubj"))
        ctx.checkpoint.save(state)
        ctx.progress((done + more) / params["rounds"], f"{done + more} rounds")
        ctx.raise_if_cancelled()
    booster = xgboost.Booster(model_file=bytearray(state))
    answers = booster.predict(xgboost.DMatrix(held)).astype(int)
    return tables.outputs(ctx, "boosted trees", classes, truth, answers, {"model.ubj": state})


def rounds_in(state):
    return xgboost.Booster(model_file=bytearray(state)).num_boosted_rounds()
