// SPDX-License-Identifier: MIT
// mbedTLS: an ECDSA key signs and verifies, and a client and a server shake
// hands twice, by a pipe in memory. The library is linked with --wrap=calloc
// and --wrap=free.

#include <mbedtls/certs.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/pem.h>
#include <mbedtls/ssl.h>
#include <string.h>

#include "program.h"

// Repeatable, so each run asks for the same memory.
static int random_bytes(void *seed, unsigned char *bytes, size_t size)
{
    uint32_t *const state = seed;
    for (size_t i = 0; i < size; i++) {
        *state = *state * 1664525u + 1013904223u;
        bytes[i] = (unsigned char)(*state >> 24);
    }
    return 0;
}

static bool lacks_memory(int code)
{
    // A high number says which module, a low one what it met.
    const int low = -(-code & 0x7F), high = -(-code & 0xFF80);
    return code == MBEDTLS_ERR_MPI_ALLOC_FAILED
           || low == MBEDTLS_ERR_MPI_ALLOC_FAILED
           || low == MBEDTLS_ERR_ASN1_ALLOC_FAILED
           || high == MBEDTLS_ERR_SSL_ALLOC_FAILED
           || high == MBEDTLS_ERR_ECP_ALLOC_FAILED
           || high == MBEDTLS_ERR_PK_ALLOC_FAILED
           || high == MBEDTLS_ERR_X509_ALLOC_FAILED
           || high == MBEDTLS_ERR_MD_ALLOC_FAILED
           || high == MBEDTLS_ERR_CIPHER_ALLOC_FAILED
           || high == MBEDTLS_ERR_PEM_ALLOC_FAILED;
}

// ---- a pipe in memory -------------------------------------------------------

typedef struct pipe {
    unsigned char bytes[16384];
    size_t start, end;
} pipe;

static pipe to_server, to_client;

static int write_pipe(void *to, const unsigned char *bytes, size_t size)
{
    pipe *const way = to;
    const size_t room = sizeof way->bytes - way->end;
    const size_t count = size < room ? size : room;
    memcpy(way->bytes + way->end, bytes, count);
    way->end += count;
    return count > 0 ? (int)count : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int read_pipe(pipe *way, unsigned char *bytes, size_t size)
{
    const size_t there = way->end - way->start;
    const size_t count = size < there ? size : there;
    memcpy(bytes, way->bytes + way->start, count);
    way->start += count;
    if (way->start == way->end) {
        way->start = way->end = 0;
    }
    return count > 0 ? (int)count : MBEDTLS_ERR_SSL_WANT_READ;
}

static int server_reads(void *self, unsigned char *bytes, size_t size)
{
    (void)self;
    return read_pipe(&to_server, bytes, size);
}

static int client_reads(void *self, unsigned char *bytes, size_t size)
{
    (void)self;
    return read_pipe(&to_client, bytes, size);
}

// ---- a handshake ------------------------------------------------------------

typedef struct side {
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
} side;

static struct {
    side client, server;
    mbedtls_x509_crt authority, certificate;
    mbedtls_pk_context key;
    uint32_t seed;
} all;

// The certificates of the library's own tests are valid for some years only.
static int forgive_dates(void *unused, mbedtls_x509_crt *certificate, int depth,
                         uint32_t *flags)
{
    (void)unused, (void)certificate, (void)depth;
    *flags &=
        ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    return 0;
}

static int set_up(side *one, int end)
{
    int code = mbedtls_ssl_config_defaults(&one->config, end,
                                           MBEDTLS_SSL_TRANSPORT_STREAM,
                                           MBEDTLS_SSL_PRESET_DEFAULT);
    if (code != 0) {
        return code;
    }
    mbedtls_ssl_conf_rng(&one->config, random_bytes, &all.seed);
    if (end == MBEDTLS_SSL_IS_CLIENT) {
        mbedtls_ssl_conf_ca_chain(&one->config, &all.authority, NULL);
        mbedtls_ssl_conf_verify(&one->config, forgive_dates, NULL);
    } else {
        code =
            mbedtls_ssl_conf_own_cert(&one->config, &all.certificate, &all.key);
    }
    return code != 0 ? code : mbedtls_ssl_setup(&one->ssl, &one->config);
}

static int read_certificates(void)
{
    int code = mbedtls_x509_crt_parse(
        &all.authority, (const unsigned char *)mbedtls_test_ca_crt_ec,
        mbedtls_test_ca_crt_ec_len);
    if (code == 0) {
        code = mbedtls_x509_crt_parse(
            &all.certificate, (const unsigned char *)mbedtls_test_srv_crt_ec,
            mbedtls_test_srv_crt_ec_len);
    }
    if (code == 0) {
        code = mbedtls_pk_parse_key(
            &all.key, (const unsigned char *)mbedtls_test_srv_key_ec,
            mbedtls_test_srv_key_ec_len, NULL, 0);
    }
    return code;
}

static bool waits(int code)
{
    return code == MBEDTLS_ERR_SSL_WANT_READ
           || code == MBEDTLS_ERR_SSL_WANT_WRITE;
}

static int shake_hands(void)
{
    int code = 0;
    for (int step = 0; step < 100; step++) {
        code = mbedtls_ssl_handshake(&all.client.ssl);
        if (code != 0 && !waits(code)) {
            return code;
        }
        const int served = mbedtls_ssl_handshake(&all.server.ssl);
        if (served != 0 && !waits(served)) {
            return served;
        }
        if (code == 0 && served == 0) {
            return 0;
        }
    }
    return code;
}

static int talk(void)
{
    unsigned char text[] = "rewind", got[sizeof text] = "";
    int code = mbedtls_ssl_write(&all.client.ssl, text, sizeof text);
    if (code == (int)sizeof text) {
        code = mbedtls_ssl_read(&all.server.ssl, got, sizeof got);
    }
    if (code != (int)sizeof text) {
        return code < 0 ? code : 1;
    }
    return memcmp(text, got, sizeof text) == 0 ? 0 : 1;
}

static int meet(void)
{
    int code = mbedtls_ssl_session_reset(&all.client.ssl);
    to_server.start = to_server.end = to_client.start = to_client.end = 0;
    if (code == 0) {
        code = mbedtls_ssl_session_reset(&all.server.ssl);
    }
    if (code == 0) {
        code = shake_hands();
    }
    return code != 0 ? code : talk();
}

static int two_handshakes(void)
{
    int code = read_certificates();
    if (code == 0) {
        code = set_up(&all.client, MBEDTLS_SSL_IS_CLIENT);
    }
    if (code == 0) {
        code = set_up(&all.server, MBEDTLS_SSL_IS_SERVER);
    }
    if (code == 0) {
        code = mbedtls_ssl_set_hostname(&all.client.ssl, "localhost");
    }
    mbedtls_ssl_set_bio(&all.client.ssl, &to_server, write_pipe, client_reads,
                        NULL);
    mbedtls_ssl_set_bio(&all.server.ssl, &to_client, write_pipe, server_reads,
                        NULL);
    for (int i = 0; code == 0 && i < 2; i++) {
        code = meet();
    }
    return code;
}

static int sign_and_verify(void)
{
    static const unsigned char hash[32] = { 1, 2, 3 };
    unsigned char signature[MBEDTLS_ECDSA_MAX_LEN];
    size_t size = 0;
    mbedtls_ecdsa_context key;
    mbedtls_ecdsa_init(&key);
    int code = mbedtls_ecdsa_genkey(&key, MBEDTLS_ECP_DP_SECP256R1,
                                    random_bytes, &all.seed);
    if (code == 0) {
        code = mbedtls_ecdsa_write_signature(&key, MBEDTLS_MD_SHA256, hash,
                                             sizeof hash, signature, &size,
                                             random_bytes, &all.seed);
    }
    if (code == 0) {
        code = mbedtls_ecdsa_read_signature(&key, hash, sizeof hash, signature,
                                            size);
    }
    mbedtls_ecdsa_free(&key);
    return code;
}

static void start(side *one)
{
    mbedtls_ssl_config_init(&one->config);
    mbedtls_ssl_init(&one->ssl);
}

static void finish(side *one)
{
    mbedtls_ssl_free(&one->ssl);
    mbedtls_ssl_config_free(&one->config);
}

static outcome run(void)
{
    all.seed = 1;
    start(&all.client), start(&all.server);
    mbedtls_x509_crt_init(&all.authority);
    mbedtls_x509_crt_init(&all.certificate);
    mbedtls_pk_init(&all.key);
    int code = sign_and_verify();
    if (code == 0) {
        code = two_handshakes();
    }
    finish(&all.client), finish(&all.server);
    mbedtls_x509_crt_free(&all.authority);
    mbedtls_x509_crt_free(&all.certificate);
    mbedtls_pk_free(&all.key);
    return code == 0 ? WORKED : lacks_memory(code) ? FAILED : OTHER;
}

const program the_program = { "mbedTLS 2.28, ECDSA and two handshakes", false,
                              false, run };
