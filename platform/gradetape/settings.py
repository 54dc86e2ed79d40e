"""The one settings file. What differs between installations is read from the environment (see environment.py)."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from gradetape import environment, journal

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent.parent

EMBEDDED = environment.flag("GRADETAPE_EMBEDDED")
DEBUG = environment.flag("DEBUG")
if DEBUG and not EMBEDDED:
    raise ImproperlyConfigured("DEBUG is only for embedded installations: it shows secrets to whoever meets an error.")

VAR = Path(environment.optional("GRADETAPE_VAR", str(ROOT / "var"))).resolve()
SECRET_KEY = environment.required("SECRET_KEY")
REDIS_URL = environment.redis_url("REDIS_URL")
SITE_URL = environment.site_url("SITE_URL", default="http://127.0.0.1:8000" if EMBEDDED else None)
HTTPS = SITE_URL.startswith("https://")

# Signing in at a company's own provider (OpenID Connect); None where none is set.
COMPANY = environment.company()

# Hosts and transport
ALLOWED_HOSTS = environment.listed(
    "ALLOWED_HOSTS", [urlsplit(SITE_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = HTTPS
# The container asks itself over plain http whether it is well.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = environment.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Who guesses passwords is told apart by the address that the proxy saw; else all visitors would share the proxy's own.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
# Under such a name browsers take a cookie from this very host alone, and not from a neighbour under the same domain.
_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_PREFIX}sessionid", f"{_PREFIX}csrftoken"
# In the session, where nobody reads or forges them, and not in a cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # The editor writes its style sheet when it starts; only with the page's own nonce may it.
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        # Browsers hold a form to this along its redirects too, and signing in at the company's begins with a form.
        "form-action": [SELF, *(COMPANY.origins if COMPANY else ())],
        "frame-ancestors": [NONE],
    }
}

# Sizes: 64 KiB of source can take six times as much when every byte of it is escaped in JSON.
SOURCE_LIMIT = 64 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
BODY_LIMIT = DATA_UPLOAD_MAX_MEMORY_SIZE
# Archives of challenges and their data, at the studio's own addresses for them.
UPLOAD_LIMIT = 17 * 1024 * 1024
UPLOAD_PATHS = r"/studio/(upload|projects/[^/]+/(upload|files))/"

INSTALLED_APPS = [
    "gradetape.administration.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    # Before staticfiles, whose own server would answer with DEBUG.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "gradetape.pages",
    "gradetape.accounts",
    "gradetape.audit",
    "gradetape.catalog",
    "gradetape.submissions",
    "gradetape.study",
    "gradetape.standings",
    "gradetape.api",
    "gradetape.interviews",
    "gradetape.timeline",
    "gradetape.reviews",
    "gradetape.webhooks",
    "gradetape.authoring",
    "gradetape.regrading",
    "gradetape.insights",
    "gradetape.fleet",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gradetape.accounts.middleware.SignInMiddleware",
    "gradetape.accounts.middleware.VisitMiddleware",
    "gradetape.interviews.gate.GuestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "gradetape.urls"
ASGI_APPLICATION = "gradetape.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# State
DATABASES = {"default": environment.database("DATABASE_URL", embedded_file=VAR / "db.sqlite3" if EMBEDDED else None)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "gradetape",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "home"
EMAIL_HOST = environment.optional("EMAIL_HOST")
ACCOUNT_ADAPTER = "gradetape.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "gradetape.accounts.forms.DisplayNameForm"
ACCOUNT_SIGNUP_REDIRECT_URL = "catalogue"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_HOST else "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "GradeTape: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/300s/key", "signup": "20/m/ip"}
# One address at a time: a new one takes the place of the old one when its link has been opened.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_FORMS = {"add_email": "gradetape.accounts.changing.ChangeEmailForm"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Whoever owns an account hears of changes that somebody else might have made.
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "GradeTape"
# A code is typed in a few seconds, and clocks differ by some.
MFA_TOTP_TOLERANCE = 1
# Where no mail is sent nobody can show that an address is theirs, and may protect their account all the same.
MFA_ALLOW_UNVERIFIED_EMAIL = not EMAIL_HOST
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_ADAPTER = "gradetape.accounts.adapter.CompanyAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [COMPANY.as_app()] if COMPANY else []}
}
# How often a session's "last seen" is written, at most. 0: never.
SEEN_EVERY_SECONDS = 300

# Mail: to a server where there is one, else to files (embedded) or the log, so that a link is never lost.
EMAIL_PORT = environment.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = environment.optional("EMAIL_USER")
EMAIL_HOST_PASSWORD = environment.optional("EMAIL_PASSWORD")
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.optional("EMAIL_FROM", "GradeTape <gradetape@localhost>")
EMAIL_FILE_PATH = VAR / "mail"
_MAILER = "smtp" if EMAIL_HOST else "filebased" if EMBEDDED else "console"
EMAIL_BACKEND = f"django.core.mail.backends.{_MAILER}.EmailBackend"

# Static files: embedded, they are served from where they lie; elsewhere `collectstatic` gives them hashed names.
STATIC_URL = "static/"
STATIC_ROOT = None if EMBEDDED else ROOT / "staticfiles"
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED
WHITENOISE_ALLOW_ALL_ORIGINS = False
_STATIC = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if EMBEDDED
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC},
}

CSRF_FAILURE_VIEW = "gradetape.faults.csrf_failure"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING = journal.logging_config(level=environment.optional("LOG_LEVEL", "INFO"), readable=EMBEDDED)

# Grading
ENGINE_HOST = "grader.host.EngineHost"
ENGINE = "grader.engine.Engine"
DOCTOR = "grader.doctor.examination.Examination"
ENGINE_RUN_DIR = VAR / "run"
ENGINE_CACHE_DIR = VAR / "cache"
WORKER_RUNTIMES = environment.listed("WORKER_RUNTIMES", ["keras3", "keras2"])
MAX_ATTEMPTS = 3
LEASE_SECONDS = 30
HEARTBEAT_SECONDS = 8
SWEEP_SECONDS = 5
LONGEST_GRADING_SECONDS = 20 * 60
OPEN_SUBMISSIONS = 3
SUBMISSIONS_A_MINUTE = 20

# Webhooks: whether they may reach private networks too, and how long one exchange may take.
WEBHOOKS_PRIVATE = environment.flag("WEBHOOKS_PRIVATE")
WEBHOOK_SECONDS = 15.0

# The API
API_REQUESTS_A_MINUTE = 300
API_WRONG_TOKENS_A_MINUTE = 30
TOKENS_A_PERSON = 25
