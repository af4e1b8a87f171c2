"""The modules that we load: `autoload=no`, so that what runs is what is named here, and it boots in half a second.

Without `bridge_native_rtp`: it forwards packets with the far side's sequence numbers and time stamps, so that a
party who heard music before takes what follows for old packets, by chance, and hears nothing.
"""

from __future__ import annotations

MODULES = tuple(
    f"{name}.so"
    for name in """
    res_sorcery_config res_sorcery_memory res_sorcery_astdb
    res_timing_timerfd
    res_http_websocket res_websocket_client
    res_pjproject res_pjsip res_pjsip_session
    res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest
    res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip
    res_pjsip_registrar res_pjsip_outbound_registration
    res_pjsip_sdp_rtp res_pjsip_dtmf_info res_pjsip_caller_id res_pjsip_nat res_pjsip_rfc3326
    res_pjsip_transport_websocket res_pjsip_header_funcs res_pjsip_pubsub res_pjsip_logger
    res_pjsip_acl res_pjsip_path res_format_attr_opus
    res_rtp_asterisk res_srtp
    res_ari res_ari_model res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels
    res_ari_device_states res_ari_endpoints res_ari_events res_ari_playbacks res_ari_recordings res_ari_sounds
    res_stasis res_stasis_answer res_stasis_device_state res_stasis_playback res_stasis_recording res_stasis_snoop
    res_musiconhold
    bridge_builtin_features bridge_builtin_interval_features bridge_holding bridge_simple
    bridge_softmix
    chan_pjsip chan_bridge_media
    codec_alaw codec_ulaw codec_gsm codec_resample codec_opus_open_source
    format_wav format_pcm format_gsm format_wav_gsm
    app_stasis app_playback app_chanspy app_mixmonitor app_dial app_stack
    func_callerid func_channel func_strings func_math func_logic func_global func_pjsip_endpoint func_pjsip_contact
    func_periodic_hook func_cut func_groupcount func_uri func_timeout func_volume func_talkdetect
    pbx_config
    """.split()  # noqa: SIM905
)
OPTIONAL = frozenset({"res_websocket_client.so"})
"""What ARI needs in the newest versions and older ones do not have."""
