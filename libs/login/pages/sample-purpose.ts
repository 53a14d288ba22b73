import type { ConfiguredPurpose } from '@foyer/consent';

/** A purpose as somebody could have configured it, in every language that the pages are in. */
export const samplePurpose: ConfiguredPurpose = {
  id: 'profile',
  name: 'profile',
  version: 2,
  builtIn: false,
  notice: '',
  title: {
    en: 'Your profile',
    de: 'Ihr Profil',
    fr: 'Votre profil',
    es: 'Su perfil',
    ja: 'あなたのプロフィール',
    ar: 'ملفك الشخصي',
  },
  text: {
    en: 'So that your colleagues see who you are and how to reach you.',
    de: 'Damit Ihre Kolleginnen und Kollegen sehen, wer Sie sind und wie Sie zu erreichen sind.',
    fr: 'Pour que vos collègues sachent qui vous êtes et comment vous joindre.',
    es: 'Para que sus compañeros sepan quién es usted y cómo ponerse en contacto con usted.',
    ja: 'あなたがどなたで、どのように連絡できるかを、同僚の方々が確認できるようにするためです。',
    ar: 'ليعرف زملاؤك من أنت وكيف يمكنهم التواصل معك.',
  },
  retention: {
    en: 'Kept as long as you work here, and thirty days more.',
    de: 'Gespeichert, solange Sie hier arbeiten, und dreißig Tage darüber hinaus.',
    fr: 'Conservé tant que vous travaillez ici, et trente jours de plus.',
    es: 'Se guarda mientras trabaje aquí y treinta días más.',
    ja: 'ここで働いている間と、その後 30 日間保存されます。',
    ar: 'يُحفظ ما دمت تعمل هنا، وثلاثين يومًا بعد ذلك.',
  },
  sharedWith: ['Acme Payroll Ltd', 'Acme Travel Ltd'],
  everyIdentityProvider: false,
  attributes: [],
};
