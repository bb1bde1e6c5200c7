using Nines.Wire.Schemas;

namespace Nines.Wire.Text;

/// <summary>A reader of a format whose scalars are all text: query parameters, XML, headers.</summary>
internal abstract class TextShapeReader : ShapeReader
{
    /// <summary>The text of the current value.</summary>
    protected abstract string Text(Member member);

    /// <summary>The error for a value that is not of the member's type.</summary>
    protected abstract AwsException Invalid(Member member, string text);

    public override bool ReadBoolean(Member member) => Text(member) is var text && ScalarText.ParseBoolean(text) is { } value ? value : throw Invalid(member, text);

    public override int ReadInteger(Member member) => Text(member) is var text && ScalarText.ParseInteger(text) is { } value ? value : throw Invalid(member, text);

    public override long ReadLong(Member member) => Text(member) is var text && ScalarText.ParseLong(text) is { } value ? value : throw Invalid(member, text);

    public override float ReadFloat(Member member) => Text(member) is var text && ScalarText.ParseFloat(text) is { } value ? value : throw Invalid(member, text);

    public override double ReadDouble(Member member) => Text(member) is var text && ScalarText.ParseDouble(text) is { } value ? value : throw Invalid(member, text);

    public override string ReadString(Member member) => Text(member);

    public override ReadOnlyMemory<byte> ReadBlob(Member member) => Text(member) is var text && ScalarText.ParseBlob(text) is { } value ? value : throw Invalid(member, text);

    public override DateTimeOffset ReadTimestamp(Member member) => Text(member) is var text && ScalarText.ParseTimestamp(text) is { } value ? value : throw Invalid(member, text);
}
