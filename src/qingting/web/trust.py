"""How to trust the local authority: what the page shows, and the certificate to take along."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from ..errors import NotFound
from ..tls.authority import certificate_state
from ..tls.certificates import Certificates

GUIDE: dict[str, dict[str, list[str]]] = {
    "zh": {
        "why": [
            "浏览器只在 https 或 localhost 页面上允许使用麦克风。",
            "本中心使用自己的本地证书颁发机构；信任它一次，之后证书更新无需任何操作。",
            "安装前请核对指纹与管理员处（qingting serve 启动时打印）一致。",
        ],
        "windows": [
            "下载 qingting-authority.crt 并双击打开，点击“安装证书”。",
            "选择“当前用户”（或“本地计算机”，需管理员），下一步。",
            "选择“将所有的证书都放入下列存储”，浏览到“受信任的根证书颁发机构”，完成并确认指纹。",
            "关闭并重新打开 Chrome 或 Edge。",
        ],
        "macos": [
            "下载 qingting-authority.crt 并双击，加入“登录”钥匙串。",
            "在“钥匙串访问”中双击“Qingting local authority”，展开“信任”，将“使用此证书时”设为“始终信任”。",
            "输入密码确认，重新打开 Safari 或 Chrome。",
        ],
        "ios": [
            "用 Safari 打开本页并下载证书，提示下载描述文件时选择“允许”。",
            "“设置” → “已下载描述文件” → 安装。",
            "“设置” → “通用” → “关于本机” → “证书信任设置”，打开“Qingting local authority”。",
        ],
        "android": [
            "下载 qingting-authority.crt。",
            "“设置” → “安全” → “加密与凭据” → “安装证书” → “CA 证书”（各品牌名称略有不同），选择下载的文件。",
            "重新打开 Chrome。",
        ],
        "firefox": [
            "Firefox 使用自己的证书库：“设置” → “隐私与安全” → “证书” → “查看证书” → “证书颁发机构” → “导入”。",
            "选择 qingting-authority.crt，勾选“信任此证书颁发机构来标识网站”。",
        ],
        "linux": [
            "Debian/Ubuntu：复制到 /usr/local/share/ca-certificates/ 后运行 sudo update-ca-certificates。",
            "Chrome：“设置” → “隐私和安全” → “安全” → “管理证书” → “颁发机构” → “导入”。",
        ],
    },
    "en": {
        "why": [
            "Browsers give the microphone only to pages on https or localhost.",
            "This centre has a certificate authority of its own: trust it once, and renewals need nothing more.",
            "Before installing, compare the fingerprint with the one `qingting serve` prints at its start.",
        ],
        "windows": [
            "Download qingting-authority.crt, open it with a double click, choose Install Certificate.",
            "Choose Current User (or Local Machine, as administrator), Next.",
            "Choose “Place all certificates in the following store”, browse to Trusted Root Certification "
            "Authorities, finish, and confirm the fingerprint.",
            "Close Chrome or Edge and open it again.",
        ],
        "macos": [
            "Download qingting-authority.crt and open it with a double click; add it to the login keychain.",
            "In Keychain Access open “Qingting local authority”, unfold Trust, "
            "set “When using this certificate” to Always Trust.",
            "Confirm with your password; open Safari or Chrome again.",
        ],
        "ios": [
            "Open this page in Safari and download the certificate; allow the profile to be downloaded.",
            "Settings → Profile Downloaded → Install.",
            "Settings → General → About → Certificate Trust Settings: turn on “Qingting local authority”.",
        ],
        "android": [
            "Download qingting-authority.crt.",
            "Settings → Security → Encryption & credentials → Install a certificate → CA certificate "
            "(names differ between makers), choose the file.",
            "Open Chrome again.",
        ],
        "firefox": [
            "Firefox keeps its own store: Settings → Privacy & Security → Certificates → View Certificates → "
            "Authorities → Import.",
            "Choose qingting-authority.crt and tick “Trust this CA to identify websites”.",
        ],
        "linux": [
            "Debian, Ubuntu: copy it to /usr/local/share/ca-certificates/ and run sudo update-ca-certificates.",
            "Chrome: Settings → Privacy and security → Security → Manage certificates → Authorities → Import.",
        ],
    },
}


def router(certificates: Certificates | None) -> APIRouter:
    """Full paths, for everybody, since both are public by nature."""
    routes = APIRouter(prefix="/api/v1/public", tags=["public"])

    @routes.get("/trust")
    def trust() -> dict[str, Any]:
        """`authority` is null when the certificate comes from elsewhere and there is nothing to trust."""
        if certificates is None or certificates.authority is None:
            return {"authority": None, "guide": {}}
        state = certificate_state(certificates.authority)
        authority = {
            "url": "/authority.pem",
            "fingerprint": state.fingerprint,
            "not_after": state.not_after,
            "names": certificates.state().names,
        }
        return {"authority": authority, "guide": GUIDE}

    @routes.get("/authority.pem", response_class=Response)
    def authority() -> Response:
        return _authority(certificates)

    return routes


def root_router(certificates: Certificates | None) -> APIRouter:
    """The same file at an address that can be typed: `/authority.pem`."""
    routes = APIRouter(tags=["public"])

    @routes.get("/authority.pem", response_class=Response, include_in_schema=False)
    def authority() -> Response:
        return _authority(certificates)

    return routes


def _authority(certificates: Certificates | None) -> Response:
    if certificates is None or certificates.authority is None:
        raise NotFound("tls.no_authority", "the certificate does not come from a local authority")
    return Response(
        certificates.authority.read_bytes(),
        media_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": 'attachment; filename="qingting-authority.crt"'},
    )
