/**
 * A certificate of `localhost`, `mail.test` and 127.0.0.1 that vouches for itself, for servers that tests start: nothing
 * trusts it unless a test says so. Its key is no secret.
 * Made by: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost
 * -addext subjectAltName=DNS:localhost,DNS:mail.test,IP:127.0.0.1
 */
export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBpzCCAUygAwIBAgIULKQ6Wy4ualdc5Xbka+M3vWXCev4wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTIxNDUyOVoYDzIxMjYxMTA1
MjE0NTI5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQ7owKV+129mhrvsHI5DRMELuFqCbIZz+qflzh7Io1snVIXYSleoJpr
bJfjX2C7F+JuAJjLrrl3b0TnsrxLXEEQo3oweDAdBgNVHQ4EFgQUg+Ay2eYnSrMf
Fb8ehnJUZP78L3QwHwYDVR0jBBgwFoAUg+Ay2eYnSrMfFb8ehnJUZP78L3QwDwYD
VR0TAQH/BAUwAwEB/zAlBgNVHREEHjAcgglsb2NhbGhvc3SCCW1haWwudGVzdIcE
fwAAATAKBggqhkjOPQQDAgNJADBGAiEA3V1WTTh66RwwtywdZRwli1nmy469ybSS
aKOf9UpPbWICIQCo1s+0TdaaR9CWCBP9UT8lW9hpsqevrqX9u0LFnlZvmg==
-----END CERTIFICATE-----
`;
export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBW0RzdbNSPw5RZvA
m+aED5HvwnAlmWHf5wh07Hd8hgqhRANCAAQ7owKV+129mhrvsHI5DRMELuFqCbIZ
z+qflzh7Io1snVIXYSleoJprbJfjX2C7F+JuAJjLrrl3b0TnsrxLXEEQ
-----END PRIVATE KEY-----
`;
