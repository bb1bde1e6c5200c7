using System.Buffers.Text;
using Nines.Wire.Schemas;
using Nines.Wire.Text;

namespace Nines.Wire.Xml;

/// <summary>Writes values as XML straight into UTF-8 bytes; names come ready-made from the schema.</summary>
internal sealed class XmlShapeWriter(PooledBuffer buffer, string fragmentFormat, bool milliseconds) : ShapeWriter
{
    // Set between a start tag whose attributes may follow and whatever ends it.
    private bool _tagIsOpen;

    // True between the begin and the end of a list or map without items, which is one empty element.
    private bool _empty;

    /// <summary>Starts the document's root element.</summary>
    public void BeginDocument(string name, XmlNamespace? ns)
    {
        buffer.Append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<"u8);
        buffer.Append(name);
        if (ns is not null)
        {
            buffer.Append(MemberBytes.XmlNamespaceText(ns));
        }

        buffer.Append((byte)'>');
    }

    /// <summary>Starts an element that is no member.</summary>
    public void BeginElement(string name)
    {
        buffer.Append((byte)'<');
        buffer.Append(name);
        buffer.Append((byte)'>');
    }

    /// <summary>Ends an element that is no member.</summary>
    public void EndElement(string name)
    {
        buffer.Append("</"u8);
        buffer.Append(name);
        buffer.Append((byte)'>');
    }

    /// <summary>Writes an element that is no member.</summary>
    public void Element(string name, string text)
    {
        BeginElement(name);
        XmlText.Append(buffer, text);
        EndElement(name);
    }

    public override void WriteBoolean(Member member, bool value)
    {
        CloseTag();
        buffer.AppendElement(member.Bytes.XmlOpen, ScalarText.Format(value), member.Bytes.XmlClose);
    }

    public override void WriteInteger(Member member, int value)
    {
        var bytes = Open(member);
        buffer.AppendFormatted(value);
        buffer.Append(bytes.XmlClose);
    }

    public override void WriteLong(Member member, long value)
    {
        var bytes = Open(member);
        buffer.AppendFormatted(value);
        buffer.Append(bytes.XmlClose);
    }

    public override void WriteFloat(Member member, float value) => WriteRaw(member, ScalarText.Format(value));

    public override void WriteDouble(Member member, double value) => WriteRaw(member, ScalarText.Format(value));

    public override void WriteString(Member member, string value)
    {
        if (member.XmlAttribute)
        {
            WriteAttribute(member, value);
            return;
        }

        if (value.Length == 0)
        {
            CloseTag();
            buffer.Append(member.Bytes.XmlEmpty);
            return;
        }

        if (XmlText.IsPlain(value))
        {
            CloseTag();
            buffer.AppendElement(member.Bytes.XmlOpen, value, member.Bytes.XmlClose);
            return;
        }

        var bytes = Open(member);
        XmlText.Append(buffer, value);
        buffer.Append(bytes.XmlClose);
    }

    public override void WriteBlob(Member member, ReadOnlyMemory<byte> value)
    {
        var bytes = Open(member);
        Base64.EncodeToUtf8(value.Span, buffer.GetSpan(Base64.GetMaxEncodedToUtf8Length(value.Length)), out _, out var written);
        buffer.Advance(written);
        buffer.Append(bytes.XmlClose);
    }

    public override void WriteTimestamp(Member member, DateTimeOffset value)
    {
        if (member.TimestampFormat is TimestampFormat.Default or TimestampFormat.DateTime && milliseconds)
        {
            var bytes = Open(member);
            buffer.AppendFormatted(value.UtcDateTime, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
            buffer.Append(bytes.XmlClose);
            return;
        }

        WriteRaw(member, TimestampText.Format(value, member.TimestampFormat));
    }

    public override void BeginStructure(Member member)
    {
        CloseTag();
        if (member.Structure.HasAttributes)
        {
            buffer.Append(member.Bytes.XmlOpenUnclosed);
            _tagIsOpen = true;
        }
        else
        {
            buffer.Append(member.Bytes.XmlOpen);
        }
    }

    public override void EndStructure(Member member)
    {
        CloseTag();
        buffer.Append(member.Bytes.XmlClose);
    }

    public override void BeginList(Member member, int count)
    {
        CloseTag();
        if (!member.Flattened)
        {
            buffer.Append(count == 0 ? member.Bytes.XmlEmpty : member.Bytes.XmlOpen);
        }

        _empty = count == 0;
    }

    public override void EndList(Member member)
    {
        if (!member.Flattened && !_empty)
        {
            buffer.Append(member.Bytes.XmlClose);
        }

        _empty = false;
    }

    public override void BeginMap(Member member, int count) => BeginList(member, count);

    public override void BeginEntry(Member member, string key)
    {
        buffer.Append(member.Flattened ? member.Bytes.XmlOpen : "<entry>"u8);
        WriteString(member.Key!, key);
    }

    public override void EndEntry(Member member) => buffer.Append(member.Flattened ? member.Bytes.XmlClose : "</entry>"u8);

    public override void EndMap(Member member) => EndList(member);

    protected override bool TryWriteFragment(Member item, IFragmentList list, int index)
    {
        var fragment = list.GetFragment(index, fragmentFormat);
        buffer.Append(fragment.Span);
        return !fragment.IsEmpty;
    }

    private MemberBytes Open(Member member)
    {
        CloseTag();
        var bytes = member.Bytes;
        buffer.Append(bytes.XmlOpen);
        return bytes;
    }

    private void WriteRaw(Member member, string text)
    {
        var bytes = Open(member);
        buffer.Append(text);
        buffer.Append(bytes.XmlClose);
    }

    private void WriteAttribute(Member member, string value)
    {
        buffer.Append((byte)' ');
        buffer.Append(member.WireName);
        buffer.Append("=\""u8);
        XmlText.Append(buffer, value, attribute: true);
        buffer.Append((byte)'"');
    }

    private void CloseTag()
    {
        if (_tagIsOpen)
        {
            buffer.Append((byte)'>');
            _tagIsOpen = false;
        }
    }
}
