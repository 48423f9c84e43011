"""Settings and URLs of a Django site under django-maintenance-mode, for `make bench`."""

from django.http import HttpResponse
from django.urls import path

ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["maintenance_mode"]
MAINTENANCE_MODE = True
MAINTENANCE_MODE_IGNORE_IP_ADDRESSES = ("10.0.0.1",)
MAINTENANCE_MODE_IGNORE_URLS = (r"^/healthz$",)
MAINTENANCE_MODE_RESPONSE_TYPE = "json"
MAINTENANCE_MODE_RETRY_AFTER = 3600
MIDDLEWARE = ["maintenance_mode.middleware.MaintenanceModeMiddleware"]
ROOT_URLCONF = "django_site"
SECRET_KEY = "not a secret"

urlpatterns = [path("", lambda request: HttpResponse("upstream"))]
