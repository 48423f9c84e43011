"""A Django site under django-maintenance-mode, as gunicorn runs it for `make bench`."""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["maintenance_mode"],
    MAINTENANCE_MODE=True,
    MAINTENANCE_MODE_IGNORE_IP_ADDRESSES=("10.0.0.0/8",),
    MAINTENANCE_MODE_IGNORE_URLS=(r"^/healthz$",),
    MAINTENANCE_MODE_RESPONSE_TYPE="json",
    MAINTENANCE_MODE_RETRY_AFTER=3600,
    MIDDLEWARE=["maintenance_mode.middleware.MaintenanceModeMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="not a secret",
)
django.setup()

urlpatterns = [path("", lambda request: HttpResponse("upstream"))]
application = get_wsgi_application()
