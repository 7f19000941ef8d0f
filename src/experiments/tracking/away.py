"""When a tracking store counts as away, and how long MLflow tries to reach it."""

from experiments.errors import StoreAway

_RETRIES = 4  # the waits between them are 0, 2, 4 and 8 times the factor


def is_away(error: BaseException | None) -> bool:
    """Return whether a write failed because the store cannot be reached now, and may succeed later.

    So it is for a refused or broken connection, a timeout, an answer of 5xx or "too many requests", and a locked
    database. It is not for any other answer, nor for an error in a program.
    """
    import requests
    from mlflow.exceptions import MlflowException, RestException

    if isinstance(error, StoreAway):
        return True
    if isinstance(error, requests.HTTPError):
        return error.response is not None and error.response.status_code >= 500
    if isinstance(error, requests.RequestException):
        passing = (requests.ConnectionError, requests.Timeout, requests.exceptions.RetryError)
        return isinstance(error, (*passing, requests.exceptions.ChunkedEncodingError))
    if isinstance(error, RestException):
        return bool(error.get_http_status_code() >= 500)
    if isinstance(error, MlflowException):
        return error.error_code == "TEMPORARILY_UNAVAILABLE" or is_away(error.__cause__ or error.__context__)
    return False


def patience(seconds: float) -> dict[str, str]:
    """Return the environment variables that make MLflow try a request again for about so long, and then give up.

    Without them it tries for four minutes, and waits two minutes for each answer.
    """
    return {
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": str(_RETRIES),
        "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": str(round(seconds / (0 + 2 + 4 + 8))),
        "MLFLOW_HTTP_REQUEST_BACKOFF_JITTER": str(seconds / 60),  # so that workers do not all come back at once
        "MLFLOW_HTTP_REQUEST_TIMEOUT": str(max(10, round(seconds / 2))),
        "MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER": "false",  # a proxy may ask for an hour
    }
