"""A trial inside other libraries' training loops.

One module a library, which is imported when its module is: `parzen.integrations.keras`, `lightning`, `xgboost`, `lightgbm`, `sklearn`.
"""
