/*
 * public_address: whether an IP address is one of the public internet.
 *
 * For what is fetched on behalf of somebody else, who must not reach this machine and its
 * neighbours through it.  Pure.
 */
#ifndef WORKER_CORE_PUBLIC_ADDRESS_H
#define WORKER_CORE_PUBLIC_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether `bytes`, an address in network order of 4 (IPv4) or 16 bytes (IPv6), is public.  Those
 * that carry another address inside (IPv4-mapped, NAT64, 6to4, Teredo) are not, whatever it is.
 */
bool public_address(const uint8_t *bytes, size_t length);

#endif
