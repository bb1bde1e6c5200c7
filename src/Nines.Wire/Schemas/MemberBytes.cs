using System.Text;
using System.Text.Json;

namespace Nines.Wire.Schemas;

/// <summary>A member's names as UTF-8, made once, so that serialising copies bytes and encodes nothing twice.</summary>
internal sealed class MemberBytes
{
    public MemberBytes(Member member)
    {
        var name = member.XmlName;
        var ns = member.XmlNamespace is null ? "" : XmlNamespaceText(member.XmlNamespace);
        XmlOpen = Encoding.UTF8.GetBytes($"<{name}{ns}>");
        XmlOpenUnclosed = Encoding.UTF8.GetBytes($"<{name}{ns}");
        XmlClose = Encoding.UTF8.GetBytes($"</{name}>");
        XmlEmpty = Encoding.UTF8.GetBytes($"<{name}{ns}/>");
        Json = JsonEncodedText.Encode(member.WireName);
    }

    public byte[] XmlOpen { get; }

    public byte[] XmlOpenUnclosed { get; }

    public byte[] XmlClose { get; }

    public byte[] XmlEmpty { get; }

    public JsonEncodedText Json { get; }

    public static string XmlNamespaceText(XmlNamespace ns) =>
        ns.Prefix is null ? $" xmlns=\"{ns.Uri}\"" : $" xmlns:{ns.Prefix}=\"{ns.Uri}\"";
}
